#include "sharder/report/journal/earlier_run.hpp"

#include <map>
#include <set>
#include <utility>

namespace sharder {
namespace {

using AttemptKey = std::pair<TestIndex, int>;

bool stays(Verdict verdict) { return verdict != Verdict::lost && verdict != Verdict::not_run; }

/// What decides which events stay: a look at all of them.
struct Survey {
  std::map<TestIndex, const Event*> verdicts;     // the last of each test
  std::map<AttemptKey, const Event*> starts;      // the last of each attempt
  std::set<const Event*> ended_starts;            // those whose attempt came to an end
  bool list_complete = false;

  void look_at(const Event& event) {
    look_at_list(event);
    if (const auto* started = std::get_if<AttemptStarted>(&event.payload))
      starts[{started->test, started->attempt}] = &event;
    if (const auto* finished = std::get_if<AttemptFinished>(&event.payload))
      if (const auto start = starts.find({finished->record.test, finished->record.attempt}); start != starts.end())
        ended_starts.insert(start->second);
    if (const auto* finished = std::get_if<TestFinished>(&event.payload)) verdicts[finished->test] = &event;
  }

  bool keeps(const Event& event) const {
    if (std::holds_alternative<AttemptStarted>(event.payload)) return ended_starts.count(&event) > 0;
    if (std::holds_alternative<AttemptFinished>(event.payload)) return true;
    const auto* finished = std::get_if<TestFinished>(&event.payload);
    return finished != nullptr && stays(finished->verdict) && verdicts.at(finished->test) == &event;
  }

 private:
  void look_at_list(const Event& event) {
    const bool lists = std::holds_alternative<TestListed>(event.payload);
    // Another part begins. If the list was not complete, it lists anew, and what was listed before is not repeated.
    if (std::holds_alternative<RunStarted>(event.payload)) listing_ = false;
    listing_ = listing_ || lists;
    // Nothing but the next test comes between two tests of a list, and nothing is run or judged before its end.
    const bool acts = std::holds_alternative<AttemptStarted>(event.payload) ||
                      std::holds_alternative<TestFinished>(event.payload);
    if (acts || (listing_ && !lists)) list_complete = true;
  }

  bool listing_ = false;
};

}  // namespace

EarlierRun earlier_run(const JournalContent& journal) {
  Survey survey;
  for (const Event& event : journal.events) survey.look_at(event);
  EarlierRun run;
  run.last_sequence = journal.last_sequence;
  for (const Event& event : journal.events) {
    if (const auto* started = std::get_if<RunStarted>(&event.payload)) run.started = *started;
    if (const auto* divided = std::get_if<RunDivided>(&event.payload)) run.divided = *divided;
    if (const auto* listed = std::get_if<TestListed>(&event.payload)) run.tests.push_back(listed->test);
    if (survey.keeps(event)) run.settled.push_back(event);
    run.elapsed = event.elapsed;
  }
  // It starts anew; what is left of lost lines speaks of tests that are listed again.
  if (!survey.list_complete) {
    run.tests.clear();
    run.settled.clear();
  }
  return run;
}

EarlierRun read_earlier_run(const std::filesystem::path& directory) { return earlier_run(read_run(directory)); }

}  // namespace sharder
