// A run whose only test starts another run, in a project beneath the first one's.
#pragma once

#include <string>

#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {

class Nested : public EndToEnd {
 protected:
  /// The outer sharder.toml: one suite, the programs seen in its clones, and `clones` as it is.
  void outer(const std::string& suite, const std::string& clones) const {
    const std::string user = clones.find("user") == std::string::npos ? "user = \"root\"\n" : "";
    toml(suite + "\n[clones]\n" + user + "mounts = [{ source = \"" + std::string(SHARDER_BINARY_DIRECTORY) +
         "\", target = \"" + SHARDER_BINARY_DIRECTORY + "\", mode = \"ro\" }]\n" + clones + "\n");
  }
  static constexpr const char* one_program = "[suite.outer]\nframework = \"exec\"\nprograms = [\"outer\"]\n";

  /// The outer run's only test: `words` of sharder in inner/, with both streams and the exit status as its output.
  RunOutcome run_inside(const std::string& words, const std::string& clones) {
    outer(one_program, clones);
    script("outer", "cd inner\n" + binary() + " " + words + " 2>&1\necho status $?\nexit 1");
    return run({"--reruns", "0"});
  }
};

}  // namespace sharder::end_to_end
