#include "tests/unit/report/merge_runs.hpp"

#include "sharder/report/journal/journal_reader.hpp"
#include "sharder/report/merge/merge.hpp"
#include "sharder/report/merge/check.hpp"

namespace sharder {
namespace {

/// Collects what is published.
class Collect : public EventConsumer {
 public:
  void consume(const Event& event) override { events.push_back(event); }
  std::vector<Event> events;
};

std::shared_ptr<const Test> test_named(const std::string& id) {
  auto test = std::make_shared<Test>();
  test->id = id;
  test->suite = "unit";
  test->name = id;
  if (id == "t/setup") test->fixtures_setup = {"database"};
  return test;
}

void attempt(EventMaker& make, TestIndex test, int number, Outcome outcome) {
  make(AttemptStarted{test, number, static_cast<int>(test) % 2, "c1"});
  AttemptRecord record = attempt_of(test, number, outcome, 0.25, outcome == Outcome::failed ? "not equal" : "");
  record.worker = static_cast<int>(test) % 2;
  make(AttemptFinished{record});
}

Verdict run_one(EventMaker& make, TestIndex test, const std::string& how) {
  const bool fails = how == "failed" || how == "flaky";
  attempt(make, test, 1, fails ? Outcome::failed : Outcome::passed);
  if (how == "flaky") attempt(make, test, 2, Outcome::passed);
  const Verdict verdict = how == "flaky" ? Verdict::flaky : fails ? Verdict::failed : Verdict::passed;
  make(TestFinished{test, verdict, "", ""});
  return verdict;
}

}  // namespace

std::vector<Event> MachineRun::events() const {
  EventMaker make;
  RunStarted start = sample_start();
  start.run_id = id;
  start.part = part;
  start.parts = parts;
  start.host = "host-" + id;
  make.at(0.01 * part, start);
  if (parts > 0) make(RunDivided{division, 7});
  std::vector<std::string> endings;
  for (const std::string& words : tests) {
    const std::size_t blank = words.find(' ');
    make(TestListed{test_named(words.substr(0, blank))});
    endings.push_back(blank == std::string::npos ? "passed" : words.substr(blank + 1));
  }
  RunFinished end;
  end.exit_status = 0;
  end.counts.selected = static_cast<int>(tests.size());
  end.makespan = Seconds(1 + part);
  end.serial_sum = Seconds(2);
  for (TestIndex test = 0; test < endings.size(); ++test)
    if (run_one(make, test, endings[test]) == Verdict::failed) end.exit_status = 1;
  make(end);
  return make.events;
}

std::vector<Event> MachineRun::killed() const {
  std::vector<Event> all = events();
  all.resize(all.size() - 2);
  return all;
}

std::vector<std::vector<Event>> three_parts() {
  return {MachineRun{.id = "run-a", .part = 1, .parts = 3, .tests = {"t/setup", "t/c", "t/a"}}.events(),
          MachineRun{.id = "run-b", .part = 2, .parts = 3, .tests = {"t/b failed", "t/setup failed", "t/e"}}.events(),
          MachineRun{.id = "run-c", .part = 3, .parts = 3, .tests = {"t/setup", "t/d flaky", "t/f"}}.events()};
}

std::vector<SourceRun> sources_in(const std::vector<std::string>& journals) {
  std::vector<SourceRun> sources;
  for (const std::string& journal : journals)
    for (SourceRun& source :
         sources_of(parse_journal(journal).events,
                    {.journal = "a journal", .directory = {}, .artifacts = {}, .attempts_before = {}}))
      sources.push_back(std::move(source));
  return distinct_runs(std::move(sources));
}

std::string merged(const std::vector<std::string>& journals, const std::string& incomplete) {
  const std::vector<SourceRun> sources = sources_in(journals);
  refuse_conflicts(sources);
  MergeSettings settings;
  settings.run_id = merged_run_id(sources);
  settings.incomplete = incomplete;
  settings.exit_status = [](const Counts& counts) { return counts.failed > 0 ? 1 : 0; };
  settings.output = [](const SourceRun&, const std::string&, int) { return std::string(); };
  Collect collect;
  merge_runs(sources, settings, collect);
  return journal_lines(collect.events);
}

}  // namespace sharder
