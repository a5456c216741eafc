// An ordinary user of the machine for the time of a test: in a mount namespace whose /etc knows him and his ids, so
// that the machine's own files stay as they are.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {

class OrdinaryUser : public EndToEnd {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// `sharder` and `words`, as the user, in the project.
  Command as_user(Words words) const;
  Transcript sharder_as_user(Words words) const;
  std::unique_ptr<Program> start_as_user(Words words) const;
  RunOutcome run_as_user(Words words);
  /// Gives him the project as it is now.
  void hand_over_project() const;

  /// A root file system with a shell and little else.
  std::filesystem::path small_root() const;
  /// What lives runs of his keep, by name; what stays between runs is left out.
  std::string left_runs() const;

  std::filesystem::path home() const { return outside() / "home"; }
  /// What else happens in his mount namespace, as root, before he comes: a shell command.
  std::string spoil = ":";
  std::string subordinate_ids = "tester:1600000000:65536\n";
};

}  // namespace sharder::end_to_end
