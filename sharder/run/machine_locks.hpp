// Locks of tests that hold machine-wide, against other runs: one flock'd file each. The kernel gives them back
// when we die.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "sharder/model/test.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {

class MachineLocks {
 public:
  /// `directory` is made when the first lock is taken; an empty one means that there are no other runs (simulation).
  explicit MachineLocks(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Takes all locks of the test, or none. Throws SystemError when the files cannot be made.
  bool try_acquire(const Test& test);
  void release(const Test& test);

 private:
  std::filesystem::path directory_;
  std::map<std::string, UniqueFd> held_;
};

}  // namespace sharder
