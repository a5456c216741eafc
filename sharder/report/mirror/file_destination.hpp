// The mirror's lines in a file, a FIFO or on standard output. Whoever reads there may be slow, or not there at all.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sharder/report/mirror/mirror.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {

class FileDestination : public MirrorDestination {
 public:
  /// `path` is "-" for standard output. A file is gone on with at its end; a FIFO may wait for its reader. Throws
  /// UsageError where it cannot be opened.
  explicit FileDestination(std::filesystem::path path);

  const std::string& name() const override { return name_; }
  std::size_t take(std::string_view bytes) override;
  std::vector<Notice> news() override;
  void close() override { closed_ = true; }
  bool wait(std::chrono::milliseconds most) override;
  std::uint64_t arrived(std::uint64_t taken) const override { return taken; }

 private:
  bool open_for_writing();
  bool has_room() const;
  void fail(int error);
  void succeed();

  std::filesystem::path path_;
  std::string name_;
  bool is_fifo_ = false, closed_ = false;
  UniqueFd fd_;        // none: a FIFO without a reader, or standard output that nobody reads any more
  int trouble_ = 0;    // error of the last write
  std::vector<Notice> news_;
};

}  // namespace sharder
