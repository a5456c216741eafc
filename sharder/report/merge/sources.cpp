#include "sharder/report/merge/sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "sharder/report/merge/numbers.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using Events = std::vector<Event>;

[[noreturn]] void refuse(const std::string& what) {
  throw ConfigError(what, "give the directory or the journal.ndjson of a run, as sharder wrote it");
}

/// It becomes the name of a directory.
bool is_run_id(const std::string& id) {
  return !id.empty() && id.size() <= 100 && id[0] != '.' && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

/// Gathers one run.
class Gather {
 public:
  explicit Gather(SourceRun& run) : run_(run) {}

  void take(Event event) {
    run_.ended = std::max(run_.ended, event.time);
    if (const auto* started = std::get_if<RunStarted>(&event.payload)) return start(*started, event);
    if (const auto* listed = std::get_if<TestListed>(&event.payload)) return run_.tests.push_back(listed->test);
    if (auto* finished = std::get_if<RunFinished>(&event.payload)) {
      run_.finished = std::move(*finished);
      return;
    }
    if (run_.started.run_id.empty()) refuse("it does not begin with run.started");
    if (!MergeNumbers::can_count(event.payload))
      refuse(fmt::format("line {} has an attempt or a worker with a number that no run gives", event.sequence));
    if (std::holds_alternative<RunMerged>(event.payload)) refuse("it tells of merged runs, and is no merge");
    event.run.clear();
    if (const auto* divided = std::get_if<RunDivided>(&event.payload)) run_.division = divided->division;
    keep(std::move(event));
  }

  void finish() {
    std::erase_if(run_.events, [](const Event& event) { return event.sequence == passed_over; });
    sort_tests();
  }

 private:
  using Key = std::pair<TestIndex, int>;
  static constexpr std::uint64_t passed_over = 0;

  void start(const RunStarted& started, const Event& event) {
    if (!is_run_id(started.run_id)) refuse(fmt::format("\"{}\" is no id of a run", printable(started.run_id)));
    if (started.parts < 0 || started.part < (started.parts > 0 ? 1 : 0) || started.part > started.parts)
      refuse(fmt::format("it calls itself part {} of {}", started.part, started.parts));
    if (run_.started.run_id.empty()) run_.begun = event.time;
    else if (run_.started.run_id != started.run_id)
      refuse(fmt::format("it tells of two runs, {} and {}", run_.started.run_id, started.run_id));
    run_.started = started;
    run_.finished.reset();
    // What stopped an earlier part of the run did not stop the whole.
    for (Event& earlier : run_.events)
      if (std::holds_alternative<Draining>(earlier.payload)) earlier.sequence = passed_over;
  }

  /// A run that goes on starts attempts again that had not ended, and gives verdicts again that only told of its end.
  void keep(Event event) {
    event.sequence = 1;
    const std::size_t position = run_.events.size();
    if (const auto* started = std::get_if<AttemptStarted>(&event.payload)) {
      if (ended_.contains({started->test, started->attempt})) return;
      replace(starts_, {started->test, started->attempt}, position);
    } else if (const auto* finished = std::get_if<AttemptFinished>(&event.payload)) {
      if (!is_new(finished->record)) return;
      ended_[{finished->record.test, finished->record.attempt}] = position;
    } else if (auto* verdict = std::get_if<TestFinished>(&event.payload)) {
      verdict->runs.clear();
      replace(verdicts_, {verdict->test, 0}, position);
    }
    run_.events.push_back(std::move(event));
  }

  bool is_new(const AttemptRecord& record) const {
    const auto known = ended_.find({record.test, record.attempt});
    if (known == ended_.end()) return true;
    const AttemptRecord& other = std::get<AttemptFinished>(run_.events[known->second].payload).record;
    if (other.outcome != record.outcome || other.duration != record.duration)
      refuse(fmt::format("attempt {} at {} ends twice, and not alike", record.attempt,
                         printable(run_.tests[record.test]->id)));
    return false;
  }

  void replace(std::map<Key, std::size_t>& positions, const Key& key, std::size_t position) {
    const auto [known, is_first] = positions.try_emplace(key, position);
    if (is_first) return;
    run_.events[known->second].sequence = passed_over;
    known->second = position;
  }

  void sort_tests() {
    std::vector<std::size_t> order(run_.tests.size()), rank(run_.tests.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t l, std::size_t r) { return run_.tests[l]->id < run_.tests[r]->id; });
    std::vector<std::shared_ptr<const Test>> sorted;
    for (const std::size_t test : order) {
      rank[test] = sorted.size();
      sorted.push_back(run_.tests[test]);
    }
    run_.tests = std::move(sorted);
    for (Event& event : run_.events)
      if (TestIndex* test = test_in(event.payload)) *test = rank[*test];
  }

  SourceRun& run_;
  std::map<Key, std::size_t> starts_, ended_, verdicts_;
};

SourceRun source_of(Events events, RunFiles files) {
  SourceRun run;
  Gather gather(run);
  for (Event& event : events) gather.take(std::move(event));
  if (run.started.run_id.empty()) refuse("it has no run.started");
  gather.finish();
  run.files.push_back(std::move(files));
  return run;
}

/// Takes a merged journal apart into the journals of its runs.
class TakeApart {
 public:
  explicit TakeApart(const RunFiles& files) : files_(files) {}

  std::vector<SourceRun> operator()(Events events) {
    // Runs that it lists no test of yet would pass for runs without tests.
    if (!std::holds_alternative<RunFinished>(events.back().payload))
      refuse("it is a merge that was cut short: merge its runs again");
    for (Event& event : events) take(std::move(event));
    std::vector<SourceRun> sources;
    MergeNumbers before;
    for (Member& member : members_) sources.push_back(source(member, before));
    return sources;
  }

 private:
  struct Member {
    RunMerged merged;
    Events events;
    std::unordered_map<TestIndex, TestIndex> own;  // position in its list, by position in the merged one
    std::vector<TestIndex> listed;                 // the other way
  };

  void take(Event event) {
    if (const auto* merged = std::get_if<RunMerged>(&event.payload)) return add(*merged, event.time);
    if (const auto* listed = std::get_if<TestListed>(&event.payload)) return list(*listed);
    if (const auto* verdict = std::get_if<TestFinished>(&event.payload); verdict != nullptr && !verdict->runs.empty())
      return split(*verdict);
    if (event.run.empty()) return;  // the merge's own: its start, its end
    Member& member = of(event.run);
    if (const TestIndex* test = test_in(event.payload)) check(member, *test);
    member.events.push_back(std::move(event));
  }

  void add(const RunMerged& merged, std::chrono::system_clock::time_point begun) {
    const std::string& id = merged.started.run_id;
    if (!by_id_.emplace(id, members_.size()).second)
      refuse(fmt::format("run {} is merged into it twice", printable(id)));
    members_.push_back({merged, {}, {}, {}});
    members_.back().events.push_back(Event{.time = begun, .payload = merged.started});
  }

  Member& of(const std::string& id) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) refuse(fmt::format("it tells of run {}, which is not merged into it", printable(id)));
    return members_[found->second];
  }

  void list(const TestListed& listed) {
    if (listed.runs.empty()) refuse(fmt::format("test {} is of none of its runs", printable(listed.test->id)));
    for (const std::string& run : listed.runs) {
      Member& member = of(run);
      if (!member.own.emplace(next_test_, member.listed.size()).second) continue;
      member.listed.push_back(next_test_);
      member.events.push_back(Event{.time = member.events.front().time, .payload = TestListed{listed.test}});
    }
    ++next_test_;
  }

  void split(const TestFinished& verdict) {
    for (const RunVerdict& one : verdict.runs) {
      Member& member = of(one.run);
      check(member, verdict.test);
      member.events.push_back(Event{.time = member.merged.ended,
                                    .payload = TestFinished{verdict.test, one.verdict, one.cause, one.note}});
    }
  }

  static void check(const Member& member, TestIndex test) {
    if (!member.own.contains(test))
      refuse(fmt::format("run {} tells of a test that it did not list", printable(member.merged.started.run_id)));
  }

  /// With its own numbers; `before` goes on to the next.
  SourceRun source(Member& member, MergeNumbers& before) {
    RunFiles files = files_of(member, before);
    MergeNumbers counted = before;
    for (Event& event : member.events) {
      if (!MergeNumbers::can_count(event.payload))
        refuse("it has an attempt or a worker with a number that no run gives");
      counted.count(event.payload);
      renumber(event.payload, before, -1);
      if (TestIndex* test = test_in(event.payload)) *test = member.own.at(*test);
    }
    if (member.merged.finished)
      member.events.push_back(Event{.time = member.merged.ended, .payload = *member.merged.finished});
    SourceRun run = source_of(std::move(member.events), std::move(files));
    run.ended = member.merged.ended;
    before = std::move(counted);
    return run;
  }

  RunFiles files_of(const Member& member, const MergeNumbers& before) const {
    RunFiles files = files_;
    files.artifacts /= member.merged.started.run_id;
    std::size_t own = 0;
    for (const Event& event : member.events)
      if (const auto* listed = std::get_if<TestListed>(&event.payload))
        if (const int attempts = before.attempts_at(member.listed[own++]); attempts > 0)
          files.attempts_before[listed->test->id] = attempts;
    return files;
  }

  const RunFiles& files_;
  std::vector<Member> members_;
  std::unordered_map<std::string, std::size_t> by_id_;
  TestIndex next_test_ = 0;
};

}  // namespace

std::vector<SourceRun> sources_of(std::vector<Event> events, const RunFiles& files) {
  try {
    if (events.empty()) refuse("it holds no event of a run");
    const auto* started = std::get_if<RunStarted>(&events.front().payload);
    if (started != nullptr && !started->merged.empty()) return TakeApart(files)(std::move(events));
    std::vector<SourceRun> sources;
    sources.push_back(source_of(std::move(events), files));
    return sources;
  } catch (const ConfigError& error) {
    throw ConfigError(fmt::format("{} cannot be merged: {}", files.journal.string(), error.what()), error.hint());
  }
}

std::string described(const SourceRun& source) {
  const RunStarted& started = source.started;
  if (started.parts == 0) return "run " + started.run_id;
  return fmt::format("run {} (part {} of {})", started.run_id, started.part, started.parts);
}

}  // namespace sharder
