// `sharder plan`: lists the tests as a run would, and plays the run through on a virtual clock.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "sharder/cli/loading.hpp"
#include "sharder/cli/prediction_table.hpp"
#include "sharder/cli/project_history.hpp"
#include "sharder/cli/session.hpp"
#include "sharder/cli/verbs.hpp"
#include "sharder/host/calibration.hpp"
#include "sharder/host/hardware_profile.hpp"
#include "sharder/plan/plan.hpp"
#include "sharder/report/terminal_text.hpp"
#include "sharder/run/exit_status.hpp"
#include "sharder/run/run.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr int default_top = 20;

/// Takes the time of what a run does before its first test; passes warnings on.
class StartWatch : public EventConsumer {
 public:
  void consume(const Event& event) override {
    if (const auto* notice = std::get_if<Notice>(&event.payload))
      fmt::print(stderr, "sharder: {}\n", printable(notice->text));
    if (const auto* ready = std::get_if<CloneReady>(&event.payload)) clone_ready = ready->duration;
  }
  Seconds clone_ready{0};
};

struct Listed {
  std::vector<Test> tests;
  Seconds clone{0}, listing{0};
};

/// Empty when a signal came.
std::optional<Listed> list(Session& session, ChoiceInputs choice, int& signal) {
  StartWatch watch;
  session.context().events.add(watch);
  const Shutdown shutdown(session.context());
  const TimePoint begun = session.context().time.now();
  Listed listed;
  try {
    listed.tests = session.complete(list_only(session.context(), session.layer_paths(), std::move(choice)));
  } catch (const Error&) {
    if (shutdown.signal() == 0) throw;
  }
  signal = shutdown.signal();
  if (signal != 0) return std::nullopt;
  listed.clone = watch.clone_ready;
  listed.listing = session.context().time.now() - begun - watch.clone_ready;
  return listed;
}

/// What a process of its own and its cell cost a test, where no run tells better. Measured on the CI machine.
constexpr Seconds process_overhead{0.004};

/// The tests as a simulation plays them: each takes what is expected of it.
std::vector<SimulatedTest> expected_tests(const std::vector<Test>& tests, const std::vector<Estimate>& estimates) {
  std::vector<SimulatedTest> expected;
  for (TestIndex test = 0; test < tests.size(); ++test)
    expected.push_back({.test = tests[test], .durations = {estimates[test].expected}, .outcomes = {Outcome::passed}});
  return expected;
}

SimulationSettings simulation_settings(const Config& config, const Past& past) {
  SimulationSettings settings;
  settings.order = config.run.order;
  settings.dissolve_locks = config.run.locks_dissolve;
  settings.fresh_clones = config.clones.fresh == Freshness::clone;
  settings.past = past;
  for (const SuiteConfig& suite : config.suites) {
    SuiteTiming& timing = settings.suites[suite.name];
    timing.feed = suite.framework.run.feed;
    if (timing.feed == Feed::each) timing.overhead = process_overhead;
    if (const auto known = past.process_startup.find(suite.name); known != past.process_startup.end())
      timing.process_startup = known->second;
  }
  return settings;
}

class Planned {
 public:
  Planned(const Session& session, const Past& past, Listed listed)
      : config_(session.config()), past_(past), listed_(std::move(listed)) {
    estimates_ = estimate_tests(listed_.tests, past);
  }

  PredictionRow on_this_machine(int workers, std::uint64_t seed) const {
    return predict("this machine", std::vector<double>(static_cast<std::size_t>(workers), 1.0), seed);
  }

  std::vector<PredictionRow> on(const std::vector<std::string>& profiles, std::uint64_t seed) const {
    std::vector<PredictionRow> rows;
    if (profiles.empty()) return rows;
    const double here = relative_speed(measure_core());
    for (const std::string& name : profiles) {
      const HardwareProfile profile = load_profile(name, config_.project_directory);
      ProfileCapacity capacity = capacity_of(profile, config_.clones.workers, evidence_from(past_));
      for (double& speed : capacity.speeds) speed /= here;
      rows.push_back(predict(profile.name, std::move(capacity.speeds), seed));
    }
    return rows;
  }

  /// How much of it is known, and from where.
  std::string basis() const {
    const auto from = [&](Estimate::Source source) {
      return static_cast<std::size_t>(std::count_if(estimates_.begin(), estimates_.end(),
                                                    [&](const Estimate& each) { return each.source == source; }));
    };
    const std::size_t known = from(Estimate::Source::history), guessed = from(Estimate::Source::siblings);
    if (known == 0)
      return "nothing is known of them: every test counts as one second, and the figures mean nothing yet";
    if (guessed == 0)
      return fmt::format("all of them are known from {}", count_of(static_cast<std::size_t>(past_.runs), "run"));
    return fmt::format("{} known from {}, {} judged by their siblings", known,
                       count_of(static_cast<std::size_t>(past_.runs), "run"), guessed);
  }

  std::string order(int workers, std::uint64_t seed, int top) const {
    const Ties ties(listed_.tests);
    const PlanSettings settings{.order = config_.run.order, .seed = seed, .workers = workers,
                                .dissolve_locks = config_.run.locks_dissolve};
    const Plan plan = make_plan(listed_.tests, ties, estimates_, settings);
    std::string text = fmt::format("{:>8}  {:>10}  {}\n", "position", "expected", "test");
    const std::size_t shown = std::min(plan.order.size(), static_cast<std::size_t>(top));
    for (std::size_t i = 0; i < shown; ++i) {
      const TestIndex test = plan.order[i];
      const Estimate& estimate = estimates_[test];
      text += fmt::format("{:>8}  {:>10}  {}{}\n", i + 1, estimate.known() ? format_duration(estimate.expected) : "?",
                          printable(listed_.tests[test].id), remarks(listed_.tests[test], estimate));
    }
    if (shown < plan.order.size()) text += fmt::format("and {} more\n", plan.order.size() - shown);
    return text;
  }

 private:
  PredictionRow predict(const std::string& where, std::vector<double> speeds, std::uint64_t seed) const {
    SimulationSettings settings = simulation_settings(config_, past_);
    settings.startup = listed_.clone;
    settings.listing = listed_.listing;
    settings.seed = seed;
    settings.worker_speeds = std::move(speeds);
    const int workers = static_cast<int>(settings.worker_speeds.size());
    return {where, workers, simulate(expected_tests(listed_.tests, estimates_), settings)};
  }

  static std::string remarks(const Test& test, const Estimate& estimate) {
    std::vector<std::string> words;
    if (test.exclusive) words.push_back("alone");
    if (test.cores > 1) words.push_back(fmt::format("{} cores", test.cores));
    if (!test.locks.empty()) words.push_back("locks " + printable(join(test.locks, " ")));
    if (estimate.source == Estimate::Source::siblings) words.push_back("new");
    else if (estimate.hot) words.push_back("failed lately");
    return words.empty() ? "" : "  (" + join(words, ", ") + ")";
  }

  const Config& config_;
  const Past& past_;
  Listed listed_;
  std::vector<Estimate> estimates_;
};

}  // namespace

int verb_plan(const CommandLine& line, const Environment& environment) {
  Config config = load_or_refuse(line, environment);
  const Machine machine = detect_machine();
  const ProjectHistory history(config, environment, machine);
  ChoiceInputs choice = history.choice_inputs(config);
  Session session(std::move(config), environment, machine, history.past());
  const RunContext& context = session.context();
  int signal = 0;
  std::optional<Listed> listed = list(session, std::move(choice), signal);
  if (!listed) return exit_status::signal_base + signal;
  if (listed->tests.empty()) {
    fmt::print(stderr, "sharder: no test was selected\n");
    return session.config().run.no_tests_fail ? exit_status::nothing_selected : exit_status::success;
  }
  const std::size_t count = listed->tests.size();
  const Planned planned(session, history.past(), std::move(*listed));
  std::vector<PredictionRow> rows =
      planned.on(profiles_named(line.plan.profiles, session.config().project_directory), context.seed);
  if (line.plan.profiles.empty()) rows.push_back(planned.on_this_machine(context.workers(), context.seed));
  fmt::print("{}: {}\n\n{}\n", count_of(count, "test"), planned.basis(), prediction_table(rows));
  fmt::print("{}", planned.order(rows.front().workers, context.seed, line.plan.top.value_or(default_top)));
  return exit_status::success;
}

}  // namespace sharder
