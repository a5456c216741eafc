#include "sharder/report/summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/report/failure_groups.hpp"
#include "sharder/report/output_tail.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using TestRecord = RunRecord::TestRecord;
using TestRecords = std::vector<const TestRecord*>;

/// More failures than that are told by message, not one by one.
constexpr std::size_t most_failures_told = 20;
constexpr std::size_t most_listed = 10;

class Summary {
 public:
  Summary(const RunRecord& record, const SummarySettings& settings) : record_(record), settings_(settings) {}

  std::string write() {
    failures();
    flaky();
    lost();
    leaks();
    slow();
    warnings();
    incomplete();
    totals();
    return std::move(text_);
  }

 private:
  void put(const std::string& line) { text_ += line + "\n"; }
  void heading(Colour colour, const std::string& line) { put("\n" + settings_.palette.paint(colour, line)); }

  TestRecords with(Verdict verdict) const {
    TestRecords found;
    for (const TestRecord& test : record_.tests())
      if (test.judged() == verdict) found.push_back(&test);
    return found;
  }

  void failures() {
    const TestRecords failed = with(Verdict::failed);
    if (failed.size() > most_failures_told) return grouped_failures(failed);
    for (const TestRecord* test : failed) failure(*test);
  }

  void failure(const TestRecord& test) {
    const RunRecord::Attempt* attempt = test.decisive();
    const ShoutedWord word =
        shouted(Verdict::failed, attempt == nullptr ? Outcome::failed : attempt->record.outcome);
    heading(word.colour, fmt::format("{} {}", word.text, one_line(test.test->id, 2000)));
    if (attempt != nullptr) evidence(test, *attempt);
    put("    to run it again: " + again(test));
  }

  /// Message, attempts, cause, tail of the output and where all of it is.
  void evidence(const TestRecord& test, const RunRecord::Attempt& attempt) {
    if (!attempt.record.message.empty()) put("    " + one_line(attempt.record.message, 500));
    failing_cases(attempt.record);
    if (attempt.record.usage.out_of_memory)
      put("    its clone ran out of memory (more by `memory` in [clones])");
    put("    " + attempts_text(test));
    if (!test.cause.empty() && test.cause != "unknown") put("    cause: " + one_line(test.cause));
    if (!test.note.empty()) put("    note: " + one_line(test.note, 500));
    if (settings_.show_output)
      for (const std::string& line : output_tail(attempt.record)) put("      | " + line);
    if (!attempt.log.empty()) put("    all of its output: " + path_of(attempt.log));
  }

  void failing_cases(const AttemptRecord& record) {
    std::size_t told = 0;
    for (const Case& one : record.cases)
      if (is_failure(one.outcome) && told++ < most_listed)
        put(fmt::format("    {}: {}{}{}", to_string(one.outcome), one_line(one.name),
                        one.message.empty() ? "" : ": ", one_line(one.message)));
    if (told > most_listed) put(fmt::format("    and {} more of its cases", told - most_listed));
  }

  std::string attempts_text(const TestRecord& test) const {
    std::vector<std::string> outcomes;
    Seconds total{0};
    for (const RunRecord::Attempt& attempt : test.attempts) {
      outcomes.emplace_back(to_string(attempt.record.outcome));
      total += attempt.record.duration;
    }
    if (outcomes.size() == 1) return fmt::format("ran once, {} in {}", outcomes[0], format_duration(total));
    return fmt::format("ran {} times, each rerun in a fresh clone: {} ({} together)", outcomes.size(),
                       join(outcomes, ", "), format_duration(total));
  }

  std::string again(const TestRecord& test) const {
    const std::string& id = test.test->id;
    // An id that a terminal cannot show would be pasted wrongly; a load list takes it as it stands in the results.
    if (printable(id) != id) return "sharder run --reruns 0 --load-list FILE, with its id of results.json in FILE";
    return quote_command({"sharder", "run", "--exact", id, "--reruns", "0"});
  }

  std::string path_of(const std::string& file) const { return settings_.directory + "/" + file; }

  void grouped_failures(const TestRecords& failed) {
    heading(Colour::red, fmt::format("{} failed; here they are by message", count_of(failed.size(), "test")));
    const std::vector<FailureGroup> groups = group_failures(failed);
    for (std::size_t i = 0; i < std::min(groups.size(), most_failures_told); ++i) group(groups[i]);
    if (groups.size() > most_failures_told)
      put(fmt::format("\n  and {} more; all of them are in {}",
                      count_of(groups.size() - most_failures_told, "message"), path_of("results.json")));
    put("\n    to run one of them again: sharder run --exact ID --reruns 0");
  }

  void group(const FailureGroup& group) {
    constexpr std::size_t most_named = 3;
    const std::string message = group.message.empty() ? "(no message)" : one_line(group.message, 500);
    put("\n  " + settings_.palette.paint(Colour::red, fmt::format("{} x {}", group.tests.size(), message)));
    for (std::size_t i = 0; i < std::min(group.tests.size(), most_named); ++i)
      put("      " + one_line(group.tests[i]->test->id, 2000));
    if (group.tests.size() > most_named)
      put(fmt::format("      and {} more", group.tests.size() - most_named));
    const TestRecord& example = *group.tests.front();
    const RunRecord::Attempt* attempt = example.decisive();
    if (settings_.show_output && attempt != nullptr)
      for (const std::string& line : output_tail(attempt->record, 5)) put("        | " + line);
    if (attempt != nullptr && !attempt->log.empty())
      put("      output of the first: " + path_of(attempt->log));
    put("      to run the first again: " + again(example));
  }

  void flaky() {
    const TestRecords tests = with(Verdict::flaky);
    if (tests.empty()) return;
    heading(Colour::yellow, fmt::format("FLAKY: {} failed and then passed, with the same code",
                                        count_of(tests.size(), "test")));
    for (std::size_t i = 0; i < std::min(tests.size(), 2 * most_listed); ++i) one_flaky(*tests[i]);
    if (tests.size() > 2 * most_listed)
      put(fmt::format("  and {} more, in {}", tests.size() - 2 * most_listed, path_of("results.json")));
  }

  void one_flaky(const TestRecord& test) {
    std::vector<std::string> outcomes;
    const RunRecord::Attempt* failed = nullptr;
    for (const RunRecord::Attempt& attempt : test.attempts) {
      outcomes.emplace_back(to_string(attempt.record.outcome));
      if (is_failure(attempt.record.outcome)) failed = &attempt;
    }
    put(fmt::format("  {} ({})", one_line(test.test->id, 2000), join(outcomes, ", ")));
    if (failed != nullptr && !failed->record.message.empty())
      put("      " + one_line(failed->record.message, 500));
    if (!test.cause.empty()) put("      cause: " + one_line(test.cause));
    if (!test.note.empty()) put("      note: " + one_line(test.note, 500));
    if (failed != nullptr && !failed->log.empty())
      put("      output when it failed: " + path_of(failed->log));
  }

  void lost() {
    const TestRecords tests = with(Verdict::lost);
    if (tests.empty()) return;
    heading(Colour::yellow,
            fmt::format("LOST: {} without a verdict; sharder or the machine failed, not the test",
                        count_of(tests.size(), "test")));
    for (std::size_t i = 0; i < std::min(tests.size(), most_listed); ++i) {
      const RunRecord::Attempt* attempt = tests[i]->decisive();
      const std::string why = attempt == nullptr ? "" : one_line(attempt->record.message, 500);
      put(fmt::format("  {}{}{}", one_line(tests[i]->test->id, 2000), why.empty() ? "" : ": ", why));
    }
    if (tests.size() > most_listed) put(fmt::format("  and {} more", tests.size() - most_listed));
  }

  void leaks() {
    TestRecords tests;
    for (const TestRecord& test : record_.tests())
      if (test.leaked()) tests.push_back(&test);
    if (tests.empty()) return;
    heading(Colour::yellow,
            fmt::format("{} left processes behind; sharder ended them", count_of(tests.size(), "test")));
    for (std::size_t i = 0; i < std::min(tests.size(), most_listed); ++i)
      put(fmt::format("  {}: {}", one_line(tests[i]->test->id, 2000), leaks_of(*tests[i])));
    if (tests.size() > most_listed)
      put(fmt::format("  and {} more, in {}", tests.size() - most_listed, path_of("results.json")));
  }

  static std::string leaks_of(const TestRecord& test) {
    std::vector<std::string> commands;
    for (const RunRecord::Attempt& attempt : test.attempts)
      for (const Leak& leak : attempt.record.leaks)
        if (const std::string command = one_line(leak.command, 80);
            std::find(commands.begin(), commands.end(), command) == commands.end())
          commands.push_back(command);
    if (commands.size() > 3)
      commands = {commands[0], commands[1], fmt::format("and {} more", commands.size() - 2)};
    return join(commands, ", ");
  }

  /// The slowest tests, where any is slow or a few of them are most of the run.
  void slow() {
    constexpr std::size_t most_slow = 5;
    std::vector<std::pair<Seconds, const TestRecord*>> durations;
    for (const TestRecord& test : record_.tests())
      if (const RunRecord::Attempt* attempt = test.decisive())
        durations.emplace_back(attempt->record.duration, &test);
    const std::size_t shown = std::min(durations.size(), most_slow);
    std::partial_sort(durations.begin(), durations.begin() + static_cast<std::ptrdiff_t>(shown),
                      durations.end(),
                      [](const auto& left, const auto& right) { return left.first > right.first; });
    const bool many = durations.size() >= 2 * most_slow;
    if (shown == 0 || (durations[0].first < settings_.slow && (!many || durations[0].first < Seconds(0.5))))
      return;
    heading(Colour::none, "the slowest tests");
    for (std::size_t i = 0; i < shown; ++i)
      put(fmt::format("  {:>12}  {}", format_duration(durations[i].first),
                      one_line(durations[i].second->test->id, 2000)));
  }

  void warnings() {
    if (record_.warnings().empty()) return;
    put("");
    const std::size_t shown = std::min(record_.warnings().size(), most_listed);
    for (std::size_t i = 0; i < shown; ++i)
      put(settings_.palette.paint(Colour::yellow, "warning: " + one_line(record_.warnings()[i], 2000)));
    if (record_.warnings().size() > shown)
      put(fmt::format("and {} more warnings, in {}", record_.warnings().size() - shown,
                      path_of("journal.ndjson")));
  }

  void incomplete() {
    const Counts counts = record_.counts();
    const bool killed = !record_.finished();
    const std::string why = killed ? "it was killed" : record_.finished()->incomplete;
    if (why.empty() && counts.lost == 0 && counts.not_run == 0) return;
    std::string text = "this run is incomplete";
    if (!why.empty())
      text += ": " + one_line(why, 500);
    else if (!record_.draining().empty())
      text += ": " + one_line(record_.draining(), 500);
    if (counts.not_run > 0)
      text += fmt::format(" ({} never ran)", count_of(static_cast<std::size_t>(counts.not_run), "test"));
    heading(Colour::yellow, text);
  }

  void totals() {
    const Counts counts = record_.counts();
    std::vector<std::string> parts;
    const auto add = [&](int count, std::string_view word, Colour colour) {
      if (count > 0) parts.push_back(settings_.palette.paint(colour, fmt::format("{} {}", count, word)));
    };
    add(counts.passed, "passed", Colour::green);
    add(counts.failed, "failed", Colour::red);
    add(counts.flaky, "flaky", Colour::yellow);
    add(counts.skipped, "skipped", Colour::blue);
    add(counts.lost, "lost", Colour::yellow);
    add(counts.not_run, "not run", Colour::yellow);
    const std::string what = parts.empty() ? "nothing ran" : join(parts, ", ");
    put(fmt::format("\n{}: {}{}", count_of(static_cast<std::size_t>(counts.selected), "test"), what,
                    time_text()));
    bound();
    part();
    if (record_.merged().empty())
      put(conditions(record_.run()));
    else
      merged();
    put("reports: " + path_of("") + " (results.json, junit.xml, results.subunit, journal.ndjson, logs/)");
  }

  std::string time_text() const {
    if (!record_.finished() || record_.finished()->makespan <= Seconds(0)) return {};
    const RunFinished& finished = *record_.finished();
    std::string text = fmt::format(" in {}", format_duration(finished.makespan));
    const double gain = finished.serial_sum / finished.makespan;
    if (gain > 1.05)
      text += fmt::format(", {:.1f}x faster than the {} that they take one after another", gain,
                          format_duration(finished.serial_sum));
    return text;
  }

  /// How close the run came to what no scheduler can beat, and what would have to change to beat that.
  void bound() {
    if (!record_.finished() || record_.finished()->lower_bound <= Seconds(0)) return;
    const RunFinished& finished = *record_.finished();
    put(fmt::format("{:.2f}x the lower bound of {}: start-up {}, then {}", finished.makespan / finished.lower_bound,
                    format_duration(finished.lower_bound), format_duration(finished.startup),
                    one_line(finished.binding, 500)));
    if (finished.dissolved > Seconds(0))
      put(fmt::format("dissolved locks saved at least {}", format_duration(finished.dissolved)));
  }

  void part() {
    const RunStarted& run = record_.run();
    if (run.parts == 0) return;
    std::string text = fmt::format("part {} of {}", run.part, run.parts);
    if (record_.divided())
      text += fmt::format(", which have {} together", count_of(record_.divided()->tests, "test"));
    put(text + "; sharder merge makes one run of them");
  }

  void merged() {
    put(fmt::format("merged from {}:", count_of(record_.merged().size(), "run")));
    for (std::size_t i = 0; i < std::min(record_.merged().size(), most_listed); ++i) {
      const RunStarted& run = record_.merged()[i].started;
      const std::string part = run.parts > 0 ? fmt::format(", part {} of {}", run.part, run.parts) : "";
      put(fmt::format("  {}{} on {}: {}", run.run_id, part, one_line(run.host), conditions(run)));
    }
    if (record_.merged().size() > most_listed)
      put(fmt::format("  and {} more, in {}", record_.merged().size() - most_listed, path_of("journal.ndjson")));
  }

  std::string conditions(const RunStarted& run) const {
    std::string text =
        fmt::format("{} ({}), base {}", count_of(static_cast<std::size_t>(run.workers), "worker"),
                    one_line(run.why_workers), one_line(run.base));
    if (!run.user.empty()) text += ", tests ran as " + one_line(run.user);
    if (run.privileged)
      text += settings_.palette.paint(Colour::yellow, ", PRIVILEGED: tests had all of root's power");
    return text + fmt::format(", seed {}", run.seed);
  }

  const RunRecord& record_;
  const SummarySettings& settings_;
  std::string text_;
};

}  // namespace

std::string summarise(const RunRecord& record, const SummarySettings& settings) {
  return Summary(record, settings).write();
}

}  // namespace sharder
