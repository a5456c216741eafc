#include "sharder/simulate/journal_input.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "sharder/config/values.hpp"
#include "sharder/simulate/recorded_attempts.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

/// Inside a process, the end of a test is told in the same turn of the loop as the beginning of the next; a process of
/// its own takes a new turn, and 60 microseconds at the very least (measured).
constexpr Seconds one_turn{0.000045};
/// A process is not started in less.
constexpr Seconds least_process_start{0.001};

double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The attempts of one suite, and what they tell of how its tests are started.
class SuiteRecord {
 public:
  /// `told`: how the run says that its tests were given to processes; older journals do not say.
  SuiteRecord(std::vector<RecordedAttempt>& all, std::optional<Feed> told) : all_(all), told_(told) {}

  void add(std::size_t attempt) { attempts_.push_back(attempt); }

  SuiteTiming timing() {
    timing_.feed = told_ ? *told_ : feed_by_rhythm();
    for (const std::size_t position : attempts_) {
      if (all_[position].finished < all_[position].started) continue;
      if (timing_.feed == Feed::each) time_process(all_[position]);
      else time_turn(all_[position]);
    }
    if (timing_.feed != Feed::each) {
      // Waiting for a lock counts as start-up of nothing.
      timing_.process_startup = Seconds{mean(starts_.empty() ? doubtful_starts_ : starts_)};
      timing_.wind_down = Seconds{mean(ends_)};
    }
    timing_.overhead = Seconds{median(overheads_)};
    return timing_;
  }

  /// What `attempt` cost beside its duration; negative where the suite's own figure is to be taken.
  Seconds overhead_of(const RecordedAttempt& attempt) const {
    const bool shared = timing_.feed != Feed::each;
    if (shared && !same_process(attempt)) return Seconds{-1};
    const Seconds found = shared ? turn(attempt) : around(attempt);
    return attempt.may_have_waited && !shared ? std::min(found, around_bound(attempt)) : std::max(found, Seconds{0});
  }

  /// Where a format does not tell of beginnings, the start of its process is in the recorded duration of a batch's
  /// first test.
  Seconds duration_of(const RecordedAttempt& attempt) const {
    const Seconds duration = attempt.record.duration;
    if (timing_.feed != Feed::batch || same_process(attempt)) return duration;
    const Seconds seen = attempt.finished - attempt.started;
    if (!alone(attempt)) return std::clamp(seen, Seconds{0}, duration);
    const bool start_told = duration + least_process_start < seen;
    return start_told ? duration : std::max(Seconds{0}, duration - timing_.process_startup);
  }

  /// Whether the worker's attempt before was in the same batch.
  bool in_batch(const RecordedAttempt& attempt) const { return timing_.feed == Feed::batch && same_process(attempt); }

 private:
  bool same_process(const RecordedAttempt& attempt) const {
    return attempt.before != RecordedAttempt::none && attempt.same_suite && attempt.record.attempt == 1 &&
           attempt.pause < one_turn;
  }
  /// Whether its process ran nothing else.
  bool alone(const RecordedAttempt& attempt) const {
    return !same_process(attempt) && (attempt.next == RecordedAttempt::none || !same_process(all_[attempt.next]));
  }

  /// How the suite's tests were given to processes, by the rhythm of its events.
  Feed feed_by_rhythm() const {
    std::size_t pairs = 0, at_once = 0, longer_than_seen = 0;
    for (const std::size_t position : attempts_) {
      const RecordedAttempt& attempt = all_[position];
      if (attempt.before == RecordedAttempt::none || !attempt.same_suite) continue;
      ++pairs;
      if (attempt.pause < one_turn) ++at_once;
    }
    if (pairs == 0 || at_once * 2 < pairs) return Feed::each;
    // A batch's durations begin with the end of the test before, or with the process; a live runner's when it says so.
    for (const std::size_t position : attempts_) {
      const RecordedAttempt& attempt = all_[position];
      if (attempt.finished >= attempt.started &&
          attempt.record.duration > attempt.finished - attempt.started + least_process_start)
        ++longer_than_seen;
    }
    return longer_than_seen > 0 ? Feed::batch : Feed::standard_input;
  }

  void time_process(const RecordedAttempt& attempt) {
    if (!attempt.may_have_waited) overheads_.push_back(around(attempt).count());
    insides_.push_back((attempt.finished - attempt.started - attempt.record.duration).count());
  }

  void time_turn(const RecordedAttempt& attempt) {
    if (same_process(attempt)) {
      if (timing_.feed == Feed::standard_input) overheads_.push_back(turn(attempt).count());
      return;
    }
    // A live runner that waits while its worker reruns a test elsewhere is not started anew.
    if (timing_.feed == Feed::standard_input ? attempt.new_to_clone : !alone(attempt))
      (attempt.may_have_waited ? doubtful_starts_ : starts_).push_back((attempt.started - attempt.free_since).count());
    if (attempt.before == RecordedAttempt::none) return;
    // The last test of a process is told when the process has ended.
    const RecordedAttempt& last = all_[attempt.before];
    const bool start_included = timing_.feed == Feed::batch && alone(last);
    if (last.finished < last.started || !attempt.same_suite || start_included) return;
    ends_.push_back(std::max(0.0, (last.finished - last.started - last.record.duration).count()));
  }

  /// From the end of the test before in a live runner to the beginning of this one.
  Seconds turn(const RecordedAttempt& attempt) const {
    if (timing_.feed != Feed::standard_input) return Seconds{0};
    const RecordedAttempt& last = all_[attempt.before];
    return std::max(Seconds{0}, attempt.started - last.started - last.record.duration);
  }
  /// From when the worker was free to the end, without the test itself.
  static Seconds around(const RecordedAttempt& attempt) {
    return std::max(Seconds{0}, attempt.finished - attempt.free_since - attempt.record.duration);
  }
  Seconds around_bound(const RecordedAttempt& attempt) const {
    const Seconds inside = attempt.finished - attempt.started - attempt.record.duration;
    return inside + Seconds{std::max(0.0, median(overheads_) - median(insides_))};
  }

  std::vector<RecordedAttempt>& all_;
  std::optional<Feed> told_;
  std::vector<std::size_t> attempts_;
  SuiteTiming timing_;
  std::vector<double> overheads_, insides_, starts_, doubtful_starts_, ends_;
};

/// Retries that the run had: as many as a test got that failed every time; the default where none did.
int reruns_of(const std::vector<SimulatedTest>& tests, int otherwise) {
  int most = -1;
  for (const SimulatedTest& test : tests)
    if (!test.outcomes.empty() && std::all_of(test.outcomes.begin(), test.outcomes.end(), is_failure))
      most = std::max(most, static_cast<int>(test.outcomes.size()) - 1);
  return most < 0 ? otherwise : most;
}

/// Whether every test had a clone of its own.
bool fresh_clone_each(const Recording& recording) {
  std::vector<std::string> clones;
  for (const RecordedAttempt& attempt : recording.attempts) clones.push_back(attempt.record.clone);
  std::sort(clones.begin(), clones.end());
  const bool distinct = std::adjacent_find(clones.begin(), clones.end()) == clones.end();
  return distinct && clones.size() > recording.first_clones.size();
}

std::optional<Feed> feed_told(const Recording& recording, const std::string& suite) {
  const auto told = recording.started.suites.find(suite);
  if (told == recording.started.suites.end()) return std::nullopt;
  for (const auto& [word, feed] : feed_words)
    if (word == told->second) return feed;
  return std::nullopt;
}

std::map<std::string, SuiteRecord> by_suite(Recording& recording) {
  std::map<std::string, SuiteRecord> suites;
  for (std::size_t i = 0; i < recording.attempts.size(); ++i) {
    const std::string& suite = recording.tests[recording.attempts[i].record.test]->suite;
    suites.try_emplace(suite, recording.attempts, feed_told(recording, suite)).first->second.add(i);
  }
  return suites;
}

/// The attempts in the order in which the run began them; those of a batch together.
std::vector<std::size_t> in_order(const Recording& recording, const std::map<std::string, SuiteRecord>& suites) {
  std::vector<std::size_t> order, batch;  // batch: the position of the first one in the same, or its own
  for (std::size_t i = 0; i < recording.attempts.size(); ++i) {
    const RecordedAttempt& attempt = recording.attempts[i];
    const bool inside = suites.at(recording.tests[attempt.record.test]->suite).in_batch(attempt);
    batch.push_back(inside ? batch[attempt.before] : i);
    order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return batch[a] < batch[b]; });
  return order;
}

std::vector<SimulatedTest> tests_of(const Recording& recording, const std::map<std::string, SuiteRecord>& suites,
                                    const std::map<std::string, SuiteTiming>& timings) {
  const bool fresh = fresh_clone_each(recording);
  std::vector<SimulatedTest> tests;
  std::vector<std::size_t> position(recording.tests.size(), RecordedAttempt::none);
  for (const std::size_t i : in_order(recording, suites)) {
    const RecordedAttempt& attempt = recording.attempts[i];
    if (attempt.finished < attempt.started) continue;
    const TestIndex index = attempt.record.test;
    if (position[index] == RecordedAttempt::none) {
      position[index] = tests.size();
      tests.emplace_back().test = *recording.tests[index];
    }
    SimulatedTest& test = tests[position[index]];
    const SuiteRecord& suite = suites.at(test.test.suite);
    Seconds overhead = suite.overhead_of(attempt);
    // With a clone for every test, spares get ready while others run: what was waited for is all that can be told.
    if (fresh) overhead = std::max(overhead, Seconds{0}) + attempt.clone;
    test.durations.push_back(suite.duration_of(attempt));
    test.outcomes.push_back(attempt.record.outcome);
    test.overheads.push_back(overhead.count() < 0 ? timings.at(test.test.suite).overhead : overhead);
  }
  for (TestIndex index = 0; index < recording.tests.size(); ++index)
    if (recording.tests[index]->disabled) tests.emplace_back().test = *recording.tests[index];
  return tests;
}

/// What the next run would know of the tests.
Past past_of(const Recording& recording, const std::map<std::string, SuiteRecord>& suites,
             const std::map<std::string, SuiteTiming>& timings) {
  Past past;
  past.runs = 1;
  for (const RecordedAttempt& attempt : recording.attempts) {
    if (attempt.finished < attempt.started) continue;
    const AttemptRecord& record = attempt.record;
    const Test& test = *recording.tests[record.test];
    PastTest& known = past.tests[test.id];
    const Seconds duration = suites.at(test.suite).duration_of(attempt);
    if (is_pass(record.outcome)) {
      known.durations = 1;
      known.order_key = known.expected = duration;
      known.cpu_seconds = record.usage.cpu_seconds;
    } else {
      known.longest_failure = std::max(known.longest_failure, duration);
    }
    known.memory_bytes = std::max(known.memory_bytes, record.usage.memory_bytes);
    known.memory_peak_bytes = std::max(known.memory_peak_bytes, record.usage.memory_peak_bytes);
  }
  for (const auto& [suite, timing] : timings)
    if (timing.feed == Feed::batch) past.process_startup[suite] = timing.process_startup;
  return past;
}

}  // namespace

std::vector<Seconds> startups_for(std::vector<Seconds> startups, int workers) {
  std::sort(startups.begin(), startups.end());
  if (startups.empty()) return startups;
  const std::size_t measured = startups.size();
  const Seconds step =
      measured > 1 ? (startups.back() - startups.front()) / static_cast<double>(measured - 1) : Seconds{0};
  const Seconds last = startups.back();
  for (std::size_t i = measured; i < static_cast<std::size_t>(workers); ++i)
    startups.push_back(last + step * static_cast<double>(i + 1 - measured));
  startups.resize(static_cast<std::size_t>(workers));
  return startups;
}

SimulationInput input_from_journal(const std::vector<Event>& events) {
  Recording recording = record_of(events);
  std::map<std::string, SuiteRecord> suites = by_suite(recording);
  SimulationInput input;
  SimulationSettings& settings = input.settings;
  for (auto& [name, suite] : suites) settings.suites[name] = suite.timing();
  input.tests = tests_of(recording, suites, settings.suites);
  if (suites.empty()) throw UsageError("the journal tells of no test that was run", "sharder run writes one");
  input.past = past_of(recording, suites, settings.suites);
  input.run_id = recording.started.run_id;
  input.workers = std::max(recording.started.workers, 1);
  input.makespan = recording.finished.makespan;
  input.without_duration = recording.tests.size() - std::min(recording.tests.size(), input.tests.size());
  settings.worker_speeds.assign(static_cast<std::size_t>(input.workers), 1.0);
  settings.startups = recording.first_clones;
  settings.startup = recording.later_clones.count() > 0 ? recording.later_clones : Seconds{0};
  settings.fresh_clones = fresh_clone_each(recording);
  if (settings.fresh_clones) settings.startup = Seconds{0};
  else if (settings.startup.count() == 0 && !settings.startups.empty()) settings.startup = settings.startups.front();
  if (!settings.startups.empty())
    settings.listing = std::max(Seconds{0}, recording.planned - settings.startups.front());
  settings.ending = std::max(Seconds{0}, recording.finished.makespan - recording.last_end);
  settings.order = "listed";
  settings.seed = recording.started.seed;
  settings.reruns = reruns_of(input.tests, settings.reruns);
  return input;
}

}  // namespace sharder
