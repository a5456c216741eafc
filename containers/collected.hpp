// A result file that came out of a clone.
#pragma once

#include <cstdint>
#include <string>

namespace sharder {

struct Collected {
  std::string path;  // relative to the project, never "..", never absolute, printable
  std::string bytes;
  std::uint64_t left_out = 0;  // instead of a file: how many there were beyond the bounds
};

}  // namespace sharder
