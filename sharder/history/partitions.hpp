// Keeps how a project's tests were divided among machines: all parts of a run must be cut from one division, and a run
// of the first part already changes what is known of its tests.
#pragma once

#include <string>
#include <vector>

#include "sharder/history/database.hpp"

namespace sharder {

struct PartitionQuestion {
  std::string project;
  int parts = 2;
  std::vector<std::string> ids;  // of all tests
  std::vector<int> today;        // the part (0-based) that each would get by what is known now
};

/// The part of every test as these tests were divided before; else today's, which is kept from now on. Throws
/// DatabaseError.
std::vector<int> settled_partition(Database& database, const PartitionQuestion& question, bool read_only);

}  // namespace sharder
