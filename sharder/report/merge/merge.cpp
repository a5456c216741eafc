#include "sharder/report/merge/merge.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <queue>
#include <string_view>
#include <tuple>
#include <utility>

#include "sharder/model/counts.hpp"
#include "sharder/report/merge/numbers.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using Time = std::chrono::system_clock::time_point;

/// The different values among all runs, for a person.
std::string all_of(const std::vector<SourceRun>& sources, std::string RunStarted::* field) {
  std::vector<std::string> values;
  for (const SourceRun& source : sources)
    if (const std::string& value = source.started.*field;
        !value.empty() && std::find(values.begin(), values.end(), value) == values.end())
      values.push_back(value);
  std::sort(values.begin(), values.end());
  return join(values, ", ");
}

RunStarted start_of(const std::vector<SourceRun>& sources, const std::string& run_id) {
  RunStarted start;
  start.run_id = run_id;
  for (auto field : {&RunStarted::project, &RunStarted::project_directory, &RunStarted::base, &RunStarted::user,
                     &RunStarted::host, &RunStarted::version})
    start.*field = all_of(sources, field);
  start.seed = sources.front().started.seed;
  start.why_workers = fmt::format("of {} runs", sources.size());
  start.command_line = "sharder merge";
  for (const SourceRun& source : sources) {
    const RunStarted& one = source.started;
    if (one.seed != start.seed) start.seed = 0;  // each run has its own
    start.workers += one.workers;
    start.privileged = start.privileged || one.privileged;
    start.suites.insert(one.suites.begin(), one.suites.end());
    start.merged.push_back(one.run_id);
    start.command_line += " " + one.run_id;
  }
  return start;
}

int badness(Verdict verdict) {
  switch (verdict) {
    case Verdict::failed: return 5;
    case Verdict::lost: return 4;
    case Verdict::flaky: return 3;
    case Verdict::not_run: return 2;
    case Verdict::passed: return 1;
    case Verdict::skipped: break;
  }
  return 0;
}

class Merge {
 public:
  Merge(const std::vector<SourceRun>& sources, const MergeSettings& settings, EventConsumer& consumer)
      : sources_(sources), settings_(settings), consumer_(consumer) {
    begun_ = sources.front().begun;
    ended_ = sources.front().ended;
    for (const SourceRun& source : sources) {
      begun_ = std::min(begun_, source.begun);
      ended_ = std::max(ended_, source.ended);
    }
    index_tests();
    number();
  }

  int operator()() {
    publish(begun_, start_of(sources_, settings_.run_id));
    for (const SourceRun& source : sources_)
      publish(source.begun, RunMerged{source.started, source.finished, source.ended});
    for (const auto& [id, entry] : tests_) publish(begun_, TestListed{entry.test, entry.runs});
    publish_events();
    for (TestIndex test = 0; test < shared_.size(); ++test)
      if (shared_[test]) publish_verdict(test);
    const RunFinished end = finished();
    publish(ended_, end);
    return end.exit_status;
  }

 private:
  struct Entry {
    std::shared_ptr<const Test> test;  // as the first run has it
    std::vector<std::string> runs;
    TestIndex position = 0;
  };
  struct Opinion {
    std::size_t run = 0;
    RunVerdict said;
  };
  /// What a run has become here.
  struct Member {
    std::vector<TestIndex> position;  // in the merged list, by that in its own
    MergeNumbers before;
    std::size_t next = 0;
  };

  void index_tests() {
    for (const SourceRun& source : sources_)
      for (const auto& test : source.tests) {
        Entry& entry = tests_[test->id];
        if (!entry.test) entry.test = test;
        entry.runs.push_back(source.started.run_id);
      }
    for (auto& [id, entry] : tests_) {
      entry.position = shared_.size();
      shared_.push_back(entry.runs.size() > 1);
    }
    verdicts_.resize(shared_.size());
    tried_.resize(shared_.size());
    opinions_.resize(shared_.size());
  }

  void number() {
    MergeNumbers counted;
    for (const SourceRun& source : sources_) {
      Member& member = members_.emplace_back();
      member.before.workers = counted.workers;
      for (const auto& test : source.tests) {
        const TestIndex position = tests_.at(test->id).position;
        member.position.push_back(position);
        if (const int attempts = counted.attempts_at(position); attempts > 0)
          member.before.attempts[position] = attempts;
      }
      for (std::size_t i = 0; i < source.events.size(); ++i) counted.count(event_of(members_.size() - 1, i).payload);
    }
  }

  /// A copy that speaks of workers, tests and attempts as the merge does.
  Event event_of(std::size_t run, std::size_t number) const {
    Event event = sources_[run].events[number];
    if (TestIndex* test = test_in(event.payload)) *test = members_[run].position[*test];
    renumber(event.payload, members_[run].before, 1);
    return event;
  }

  /// The runs' events by time; each run's stay in their order, whatever its clock did.
  void publish_events() {
    using Head = std::tuple<Time, std::size_t>;
    std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
    const auto push = [&](std::size_t run) {
      std::size_t& next = members_[run].next;
      const std::vector<Event>& events = sources_[run].events;
      while (next < events.size() && keeps_opinion(run, events[next])) ++next;
      if (next < events.size()) heads.emplace(events[next].time, run);
    };
    for (std::size_t run = 0; run < sources_.size(); ++run) push(run);
    while (!heads.empty()) {
      const std::size_t run = std::get<1>(heads.top());
      heads.pop();
      publish_one(run, members_[run].next++);
      push(run);
    }
  }

  /// Keeps a verdict on a test that other runs have too. It is told at the end, so that its time orders nothing.
  bool keeps_opinion(std::size_t run, const Event& event) {
    const auto* said = std::get_if<TestFinished>(&event.payload);
    if (said == nullptr || !shared_[members_[run].position[said->test]]) return false;
    opinions_[members_[run].position[said->test]].push_back(
        {run, {sources_[run].started.run_id, said->verdict, said->cause, said->note}});
    return true;
  }

  void publish_one(std::size_t run, std::size_t number) {
    const SourceRun& source = sources_[run];
    Event event = event_of(run, number);
    if (auto* finished = std::get_if<AttemptFinished>(&event.payload)) {
      tried_[finished->record.test] = true;
      const AttemptRecord& own = std::get<AttemptFinished>(source.events[number].payload).record;
      finished->record.output = settings_.output(source, source.tests[own.test]->id, own.attempt);
    } else if (const auto* verdict = std::get_if<TestFinished>(&event.payload)) {
      verdicts_[verdict->test] = verdict->verdict;
    }
    publish(event.time, std::move(event.payload), source.started.run_id);
  }

  /// Of a test that several runs have: the worst of what they say.
  void publish_verdict(TestIndex test) {
    std::vector<Opinion>& opinions = opinions_[test];
    if (opinions.empty()) return;
    std::sort(opinions.begin(), opinions.end(), [](const Opinion& l, const Opinion& r) { return l.run < r.run; });
    TestFinished verdict{test, Verdict::skipped, "", ""};
    for (const Opinion& opinion : opinions) {
      const RunVerdict& said = opinion.said;
      if (verdict.runs.empty() || badness(said.verdict) > badness(verdict.verdict)) {
        verdict.verdict = said.verdict;
        verdict.cause = said.cause;
        verdict.note = said.note;
      }
      verdict.runs.push_back(said);
    }
    verdicts_[test] = verdict.verdict;
    publish(ended_, std::move(verdict));
  }

  RunFinished finished() const {
    RunFinished end;
    end.counts.selected = static_cast<int>(verdicts_.size());
    for (TestIndex test = 0; test < verdicts_.size(); ++test)
      count(end.counts, verdicts_[test].value_or(tried_[test] ? Verdict::lost : Verdict::not_run));
    for (const SourceRun& source : sources_) {
      if (!source.finished) continue;
      // They run beside each other: the longest takes as long as all.
      end.makespan = std::max(end.makespan, source.finished->makespan);
      end.serial_sum += source.finished->serial_sum;
      end.dissolved += source.finished->dissolved;
      end.process_startup.insert(source.finished->process_startup.begin(), source.finished->process_startup.end());
    }
    end.exit_status = settings_.exit_status(end.counts);
    end.incomplete = settings_.incomplete;
    return end;
  }

  void publish(Time time, EventPayload payload, std::string run = {}) {
    elapsed_ = std::max(elapsed_, Seconds(time - begun_));
    consumer_.consume(Event{++sequence_, time, elapsed_, std::move(payload), std::move(run)});
  }

  const std::vector<SourceRun>& sources_;
  const MergeSettings& settings_;
  EventConsumer& consumer_;
  Time begun_, ended_;
  std::map<std::string_view, Entry> tests_;  // keys live in the runs
  std::vector<Member> members_;
  std::vector<bool> shared_, tried_;  // by position in the merged list, as what follows
  std::vector<std::optional<Verdict>> verdicts_;
  std::vector<std::vector<Opinion>> opinions_;
  std::uint64_t sequence_ = 0;
  Seconds elapsed_{0};
};

}  // namespace

std::string merged_run_id(const std::vector<SourceRun>& sources) {
  SHARDER_ASSERT(!sources.empty());
  std::uint32_t hash = 2166136261u;  // FNV-1a
  Time begun = sources.front().begun;
  for (const SourceRun& source : sources) {
    begun = std::min(begun, source.begun);
    for (const char c : source.started.run_id + "\n") hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  }
  return fmt::format("{:%Y%m%d-%H%M%S}-m{:08x}", fmt::gmtime(std::chrono::system_clock::to_time_t(begun)), hash);
}

int merge_runs(const std::vector<SourceRun>& sources, const MergeSettings& settings, EventConsumer& consumer) {
  return Merge(sources, settings, consumer)();
}

}  // namespace sharder
