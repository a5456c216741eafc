#include "sharder/config/program_globs.hpp"

namespace sharder {

ProgramGlobs split_program_globs(const std::vector<std::string>& programs) {
  ProgramGlobs globs;
  for (const std::string& program : programs) {
    if (program.starts_with('!'))
      globs.left_out.push_back(program.substr(1));
    else
      globs.wanted.push_back(program);
  }
  return globs;
}

}  // namespace sharder
