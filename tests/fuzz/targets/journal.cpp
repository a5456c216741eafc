// A run's journal. Claims: what was read, written and read again is the same; tests are listed before they are
// spoken of, once each, also where a run goes on from it; no more events than lines. What can be merged can be merged
// again, with the same outcome, and all of its tests are in it.
#include "sharder/report/journal/journal.hpp"

#include <algorithm>
#include <optional>

#include "sharder/report/journal/earlier_run.hpp"
#include "sharder/report/journal/journal_reader.hpp"
#include "sharder/report/merge/merge.hpp"
#include "sharder/report/merge/check.hpp"
#include "sharder/support/errors.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace sharder::fuzz {
namespace {

using Tests = std::vector<std::shared_ptr<const Test>>;

/// The index of the test that an event speaks of, if it does.
std::optional<TestIndex> spoken_of(const EventPayload& payload) {
  if (const auto* started = std::get_if<AttemptStarted>(&payload)) return started->test;
  if (const auto* finished = std::get_if<AttemptFinished>(&payload)) return finished->record.test;
  if (const auto* finished = std::get_if<TestFinished>(&payload)) return finished->test;
  return std::nullopt;
}

std::string written(const std::vector<Event>& events) {
  std::string text;
  Tests tests;
  for (const Event& event : events) {
    if (const auto* listed = std::get_if<TestListed>(&event.payload)) tests.push_back(listed->test);
    const std::optional<TestIndex> test = spoken_of(event.payload);
    claim(!test || *test < tests.size(), "an event of a test that is not listed");
    append_journal_line(text, event, tests);
  }
  return text;
}

void check_resume(const JournalContent& journal) {
  const EarlierRun earlier = earlier_run(journal);
  for (const Event& event : earlier.settled) {
    const std::optional<TestIndex> test = spoken_of(event.payload);
    claim(test && *test < earlier.tests.size(), "a run would go on with a test that is not listed");
  }
}

/// The events of a stream.
class Collect : public EventConsumer {
 public:
  void consume(const Event& event) override { events.push_back(event); }
  std::vector<Event> events;
};

std::string merged(const std::string& journal) {
  const RunFiles nowhere{.journal = "journal", .directory = {}, .artifacts = {}, .attempts_before = {}};
  const std::vector<SourceRun> sources = distinct_runs(sources_of(parse_journal(journal).events, nowhere));
  if (sources.empty()) throw ConfigError("no run");
  refuse_conflicts(sources);
  (void)shortfall_of(sources);
  const MergeSettings settings{.run_id = merged_run_id(sources),
                               .incomplete = {},
                               .exit_status = [](const Counts& counts) { return counts.selected > 0 ? 0 : 4; },
                               .output = [](const SourceRun&, const std::string&, int) { return std::string(); }};
  Collect collect;
  merge_runs(sources, settings, collect);
  return written(collect.events);
}

void check_merge(const std::string& journal, const std::vector<Event>& events) {
  std::string once;
  try {
    once = merged(journal);
  } catch (const Error&) {
    return;  // refused, in words
  }
  const auto listed = [](const std::vector<Event>& all) {
    return std::count_if(all.begin(), all.end(),
                         [](const Event& event) { return std::holds_alternative<TestListed>(event.payload); });
  };
  claim(listed(parse_journal(once).events) == listed(events), "a merge has other tests than its run", once);
  claim_equal(merged(once), once, "a merge that is merged again is another");
}

}  // namespace
}  // namespace sharder::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sharder::fuzz;
  const std::string_view input = text_of(data, size);
  const sharder::JournalContent content = sharder::parse_journal(input);
  const auto lines = static_cast<std::size_t>(std::count(input.begin(), input.end(), '\n')) + 1;
  claim(content.events.size() + content.bad_lines <= lines, "more events than lines");
  const std::string once = written(content.events);
  const sharder::JournalContent again = sharder::parse_journal(once);
  claim(again.bad_lines == 0, "what was read cannot be written", once);
  claim_equal(written(again.events), once, "what was read and written is read as something else");
  check_resume(content);
  check_merge(once, content.events);
  return 0;
}
