// Which files a cell wrote, read off the upper directories of its overlays after its end. Nothing is opened
// but directories, no link is followed, and the walk is bounded: a hostile tree costs time, never more than
// that.
#pragma once

#include <string>
#include <vector>

namespace sharder::rootfs {

class WrittenFiles {
 public:
  /// Walks one upper; its files are told as lying below `target`.
  void look_at(const std::string& upper, const std::string& target);
  /// The names, printable and sorted; removed ones end in " (removed)"; "…" last where the list was cut.
  std::vector<std::string> take();

 private:
  void walk(int directory, const std::string& name, int depth);
  bool full() const;
  std::vector<std::string> names_;
  int visited_ = 0;
  bool cut_ = false;
};

}  // namespace sharder::rootfs
