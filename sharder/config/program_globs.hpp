// `programs` of a suite: what names test programs, and what leaves some of them out again.
#pragma once

#include <string>
#include <vector>

namespace sharder {

struct ProgramGlobs {
  std::vector<std::string> wanted, left_out;  // the latter without their "!"
};

ProgramGlobs split_program_globs(const std::vector<std::string>& programs);

}  // namespace sharder
