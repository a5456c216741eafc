// The machine's slots and the runs that share them: every run has a file that it keeps locked, so that the share of one
// that was killed is free at once.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sharder/support/unique_fd.hpp"

namespace sharder {

class MachineSlots {
 public:
  /// Takes part from now on, until the object is destroyed. `slots` is what the machine has. Throws SystemError.
  MachineSlots(std::filesystem::path directory, const std::string& run, int workers, int slots);
  ~MachineSlots();
  MachineSlots(const MachineSlots&) = delete;
  MachineSlots& operator=(const MachineSlots&) = delete;

  /// How many slots are ours now; 0 where older runs have them all.
  int share() const;
  /// How many of our workers may run tests at once now.
  int active() const;
  /// Runs beside this one.
  std::vector<std::string> others() const;

 private:
  struct Entry {
    std::filesystem::file_time_type since;  // to the nanosecond: ids of runs tell only the second
    std::string run;
    int workers = 1;
  };
  /// All runs that live, the oldest first.
  std::vector<Entry> living() const;

  std::filesystem::path directory_;
  std::string run_;
  int workers_, slots_;
  UniqueFd lock_;
};

}  // namespace sharder
