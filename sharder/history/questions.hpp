// What a person asks the history beyond what a run needs: which tests are flaky, how one test went, what
// there is at all; and the order to forget. Everything throws DatabaseError.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "sharder/history/database.hpp"
#include "sharder/history/recorded_run.hpp"

namespace sharder {

/// In alphabetical order.
std::vector<std::string> known_projects(Database& database);
/// In the order they were first seen.
std::vector<std::string> test_ids(Database& database, const std::string& project);

/// How often a test failed or was flaky in the runs that are kept.
struct Troubles {
  std::string id;
  int runs = 0, flaky = 0, failed = 0;
  std::chrono::system_clock::time_point last;  // when it last was flaky
  std::string cause;                           // of that, where one was found
};
/// Tests that were flaky, the ones that most often were first.
std::vector<Troubles> flaky_tests(Database& database, const std::string& project);

/// One attempt, with what is known of the run that it was part of.
struct PastAttempt {
  std::string run_id, source;
  std::chrono::system_clock::time_point started;  // of the run
  RecordedConditions conditions;
  std::string test, cause;
  Verdict verdict = Verdict::passed;
  RecordedAttempt attempt;
};
/// Attempts of one test, newest run first, at most so many; attempts of one run in their order.
std::vector<PastAttempt> attempts_of(Database& database, const std::string& project, const std::string& test,
                                     int most);
/// Every attempt that is kept, oldest run first.
void for_each_attempt(Database& database, const std::string& project,
                      const std::function<void(const PastAttempt&)>& take);

struct Pruned {
  int runs = 0, kept = 0;
  std::int64_t attempts = 0;
};
/// Forgets the attempts of all but the newest runs, and gives their space back to the disk. Models and last
/// verdicts stay, and so does what is known of the runs themselves: a file that was imported is not imported
/// again.
Pruned prune(Database& database, const std::string& project, int runs_to_keep);

}  // namespace sharder
