#include "sharder/run/recall.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace sharder {

ContinuedTests continue_with(std::vector<Test> listed, const EarlierRun& earlier) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < listed.size(); ++i) places.emplace(listed[i].id, i);
  ContinuedTests continued;
  for (const std::shared_ptr<const Test>& test : earlier.tests) {
    const auto place = places.find(test->id);
    if (place == places.end()) {
      continued.gone.push_back(continued.tests.size());
      // Nobody may wait for it, and nothing may be run for it.
      Test alone;
      alone.id = test->id;
      alone.name = test->name;
      alone.suite = test->suite;
      alone.program = test->program;
      continued.tests.push_back(std::move(alone));
    } else {
      continued.tests.push_back(std::move(listed[place->second]));
    }
  }
  continued.added = listed.size() - (continued.tests.size() - continued.gone.size());
  return continued;
}

Recalled recall(const EarlierRun& earlier, const ContinuedTests& continued) {
  const std::size_t count = continued.tests.size();
  Recalled recalled{std::vector<std::vector<Outcome>>(count), std::vector<int>(count, 0),
                    std::vector<std::optional<Verdict>>(count)};
  for (const Event& event : earlier.settled) {
    if (const auto* attempt = std::get_if<AttemptFinished>(&event.payload)) {
      const AttemptRecord& record = attempt->record;
      recalled.outcomes[record.test].push_back(record.outcome);
      recalled.attempts[record.test] = std::max(recalled.attempts[record.test], record.attempt);
    }
    if (const auto* judged = std::get_if<TestFinished>(&event.payload))
      recalled.verdicts[judged->test] = judged->verdict;
  }
  for (std::vector<Outcome>& outcomes : recalled.outcomes) {
    const bool only_lost = std::all_of(outcomes.begin(), outcomes.end(), [](Outcome o) { return o == Outcome::lost; });
    if (only_lost) outcomes.clear();
  }
  for (const TestIndex test : continued.gone)
    if (!recalled.verdicts[test]) recalled.verdicts[test] = Verdict::not_run;
  return recalled;
}

}  // namespace sharder
