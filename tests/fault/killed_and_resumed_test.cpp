// Killed at every event and resumed from what the journal has: the two parts together say of every test what the
// undisturbed run says of it, attempt for attempt, in one stream without a gap.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "sharder/report/journal/earlier_run.hpp"
#include "sharder/report/journal/journal.hpp"
#include "sharder/report/journal/journal_reader.hpp"
#include "tests/fault/scenario.hpp"
#include "tests/fault/seeds.hpp"
#include "tests/unit/report/journal_lines.hpp"

namespace sharder {
namespace {

constexpr std::size_t places_per_seed = 4;
constexpr std::size_t torn_lines = 2;

using Lines = std::vector<std::string>;
using Outcomes = std::map<std::pair<std::string, int>, std::vector<Outcome>>;

std::string text_of(const Lines& lines, std::size_t count) {
  std::string text;
  for (std::size_t line = 0; line < std::min(count, lines.size()); ++line) text += lines[line];
  return text;
}

/// The journal's lines of a run that listed `tests` in an earlier part.
Lines journal_of(const SimulatedRun& run, std::vector<std::shared_ptr<const Test>> tests) {
  Lines lines;
  for (const Event& event : run.record.events) {
    if (const auto* listed = std::get_if<TestListed>(&event.payload)) tests.push_back(listed->test);
    std::string line;
    append_journal_line(line, event, tests);
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

std::unique_ptr<SimulatedRun> run_whole(const Scenario& scenario) {
  std::unique_ptr<SimulatedRun> run = scenario.prepare();
  run->run(scenario.workers());
  return run;
}

/// Goes on with what `lines` tell, and adds to them what the new part tells.
std::unique_ptr<SimulatedRun> resume(const Scenario& scenario, Lines& lines) {
  std::unique_ptr<SimulatedRun> run = scenario.prepare();
  run->earlier = earlier_run(parse_journal(text_of(lines, lines.size())));
  run->run(scenario.workers());
  const Lines more = journal_of(*run, run->earlier->tests);
  lines.insert(lines.end(), more.begin(), more.end());
  return run;
}

/// What a stream says in the end, fixtures aside: how often those run hangs on the clones.
struct Story {
  Outcomes outcomes;
  std::map<std::string, std::vector<Verdict>> verdicts;
};

Story story_of(const Scenario& scenario, const std::vector<Event>& events) {
  Story story;
  std::vector<std::string> ids;
  for (const Event& event : events) {
    if (const auto* listed = std::get_if<TestListed>(&event.payload)) ids.push_back(listed->test->id);
    if (const auto* attempt = std::get_if<AttemptFinished>(&event.payload)) {
      const std::string& test = ids.at(attempt->record.test);
      if (!scenario.fixture(test)) story.outcomes[{test, attempt->record.attempt}].push_back(attempt->record.outcome);
    }
    if (const auto* judged = std::get_if<TestFinished>(&event.payload))
      story.verdicts[ids.at(judged->test)].push_back(judged->verdict);
  }
  return story;
}

/// Numbers are those of the lines: nothing is told twice, nothing is missing.
void expect_gapless(const Lines& lines, const JournalContent& journal) {
  EXPECT_EQ(journal.bad_lines, 0u);
  for (std::size_t line = 0; line < lines.size(); ++line)
    EXPECT_TRUE(lines[line].starts_with("{\"seq\":" + std::to_string(line + 1) + ",")) << lines[line];
  Seconds last{0};
  for (const Event& event : journal.events) {
    EXPECT_GE(event.elapsed, last) << event.sequence;
    last = event.elapsed;
  }
}

void expect_same(const Scenario& scenario, const SimulatedRun& undisturbed, const SimulatedRun& last,
                 const Lines& lines) {
  const JournalContent journal = parse_journal(text_of(lines, lines.size()));
  expect_gapless(lines, journal);
  const Story whole = story_of(scenario, undisturbed.record.events), parts = story_of(scenario, journal.events);
  EXPECT_EQ(parts.outcomes, whole.outcomes);
  for (const auto& [test, verdicts] : whole.verdicts) {
    const auto found = parts.verdicts.find(test);
    ASSERT_NE(found, parts.verdicts.end()) << test << " has no verdict";
    EXPECT_EQ(found->second, verdicts) << test;
  }
  EXPECT_EQ(parts.verdicts.size(), whole.verdicts.size());
  EXPECT_EQ(last.result.exit_status, undisturbed.result.exit_status) << last.result.message;
  EXPECT_EQ(last.clones_left, 0);
}

void check_resumed(const Scenario& scenario, const SimulatedRun& undisturbed, const Lines& journal, std::uint64_t drawn,
                   std::size_t kept) {
  SCOPED_TRACE(scenario.describe() + "; killed after event " + std::to_string(kept));
  Lines lines(journal.begin(), journal.begin() + static_cast<std::ptrdiff_t>(kept));
  std::unique_ptr<SimulatedRun> last = resume(scenario, lines);
  expect_same(scenario, undisturbed, *last, lines);
  if (drawn % 2 == 0 || testing::Test::HasFailure()) return;
  const std::size_t kept_again = kept + drawn / 2 % (lines.size() - kept + 1);
  SCOPED_TRACE("and again after event " + std::to_string(kept_again));
  lines.resize(kept_again);
  last = resume(scenario, lines);
  expect_same(scenario, undisturbed, *last, lines);
}

void check_seed(std::uint64_t seed, bool all) {
  const Scenario scenario(seed, Scenario::Nature::by_attempt);
  const std::unique_ptr<SimulatedRun> undisturbed = run_whole(scenario);
  const Lines journal = journal_of(*undisturbed, {});
  std::mt19937_64 random(seed);
  for (const std::size_t kept : places(journal.size(), places_per_seed, seed, all)) {
    check_resumed(scenario, *undisturbed, journal, random(), kept);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(KilledAndResumed, SaysWhatTheUndisturbedRunSays) { for_each_seed(check_seed); }

/// What was read, as a journal would say it.
/// Torn in each byte of the lines before `end`: what is read are the whole lines before, and nothing else.
void check_torn(const Lines& journal, std::size_t end) {
  const std::size_t first = end > torn_lines ? end - torn_lines : 0;
  for (std::size_t line = first; line < end; ++line) {
    const std::string whole = text_of(journal, line);
    const std::string expected = journal_lines(parse_journal(whole).events);
    for (std::size_t bytes = 1; bytes + 1 < journal[line].size(); ++bytes) {
      const JournalContent torn = parse_journal(whole + journal[line].substr(0, bytes));
      ASSERT_EQ(torn.bad_lines, 1u) << "line " << line + 1 << ", " << bytes << " bytes";
      ASSERT_EQ(journal_lines(torn.events), expected) << "line " << line + 1 << ", " << bytes << " bytes";
    }
  }
}

TEST(KilledAndResumed, ATornLineIsNoLine) {
  for_each_seed([](std::uint64_t seed, bool all) {
    if (!all && seed % 25 != 0) return;
    const Scenario scenario(seed, Scenario::Nature::by_attempt);
    const Lines journal = journal_of(*run_whole(scenario), {});
    for (const std::size_t end : places(journal.size(), 2, seed, all)) {
      check_torn(journal, end);
      if (testing::Test::HasFailure()) return;
    }
  });
}

}  // namespace
}  // namespace sharder
