// A second process of a clone's mount namespace that unmounts the storage of ended cells, so that the next
// test does not wait for it (25 ms where a test wrote 100 MB).
#pragma once

#include <sys/types.h>

#include <string>

#include "sharder/support/unique_fd.hpp"

namespace sharder::launcher {

class Sweeper {
 public:
  Sweeper() = default;
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;
  /// Ends the process, whatever it still has to do: the namespace ends soon.
  ~Sweeper();
  /// Unmounts and removes `directory` soon. Its pages count against the clone until then, so it waits for a large one,
  /// and while too much is waiting already.
  void sweep(const std::string& directory);

 private:
  void start();
  UniqueFd orders_, done_;
  pid_t pid_ = -1;
  int waiting_ = 0;
};

}  // namespace sharder::launcher
