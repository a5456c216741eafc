// What every test of the whole program shares: a project in a directory of its own, the program run in it,
// its results read back, and a look at the machine afterwards. Whatever a test is about, every finished run
// must have told a consistent story (see reports.hpp) and nothing may be left behind.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/end-to-end/program.hpp"

namespace sharder::end_to_end {

using Json = nlohmann::json;
using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

/// One `sharder run`, from its words to its results.
struct RunOutcome : Transcript {
  std::filesystem::path directory;  // of the run; empty where none was made
  Json results;                     // results.json; null where there is none

  /// The test's object in results.json; fails the test and is empty where it is not there.
  const Json& test(const std::string& id) const;
  std::string verdict(const std::string& id) const;
  /// Ids and verdicts, "a=passed b=failed", in the order of results.json.
  std::string verdicts() const;
  /// All that the test's last attempt wrote.
  std::string output_of(const std::string& id) const;
  /// The outcomes of all attempts: "failed passed".
  std::string outcomes(const std::string& id) const;
  std::vector<Json> journal() const;
  std::vector<Json> events(const std::string& name) const;
};

class EndToEnd : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  const std::filesystem::path& project() const { return project_; }
  /// A directory outside the project that goes with the test.
  const std::filesystem::path& outside() const { return outside_; }

  void write(const std::string& path, const std::string& content, int mode = 0644) const;
  /// An executable shell script.
  void script(const std::string& path, const std::string& body) const;
  void toml(const std::string& text) const { write("sharder.toml", text); }
  /// A suite of scripts in t/ under framework exec, with `more` after it.
  void exec_suite(const std::string& more = "") const;

  Command command(Words words, Variables environment = {}, std::string input = {}) const;
  /// Any verb, to its end.
  Transcript sharder(Words words, Variables environment = {}, std::string input = {}) const;
  /// Any other program, in the project.
  Transcript call(Words words) const;
  std::unique_ptr<Program> start(Words words, Variables environment = {}) const;
  /// `sharder run --no-history` and `words`.
  RunOutcome run(Words words = {}, Variables environment = {}, std::string input = {});
  /// The results of a run that has ended, with whatever it wrote.
  RunOutcome outcome(Transcript transcript, const std::filesystem::path& directory = {});

  /// From now on runs without -j find out for themselves how many workers they have.
  void leave_workers_open() { automatic_ = true; }

  static std::string binary();
  /// What lies in a directory of the run or the project, in alphabetical order.
  static std::string names_in(const std::filesystem::path& directory);
  static std::string read(const std::filesystem::path& path);

  /// Runs of this test that are over, and of which the machine still has something.
  std::set<std::string> own_dead_runs() const;

 private:
  std::filesystem::path top_, project_, outside_;
  std::filesystem::path last_run_;
  bool automatic_ = false;
  std::set<std::string> mounts_before_;
};

}  // namespace sharder::end_to_end
