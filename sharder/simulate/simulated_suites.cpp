#include "sharder/simulate/simulated_suites.hpp"

#include <algorithm>
#include <csignal>

#include "sharder/suites/framework.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr int skip_status = 77;
/// Time limits are those of another machine, or were in force when the durations were measured: none ends a simulated
/// test.
constexpr double no_time_limit = 1e9;

FrameworkConfig framework_for(Feed feed) {
  FrameworkConfig framework;
  framework.name = "simulated";
  framework.skip_statuses = {skip_status};
  switch (feed) {
    case Feed::each: framework.run = {.command = "simulated", .format = "exit", .feed = feed}; break;
    case Feed::batch: framework.run = {.command = "simulated {id_file}", .format = "subunit2", .feed = feed}; break;
    case Feed::standard_input:
      framework.run = {.command = "simulated", .format = "subunit2", .feed = feed};
      framework.adapter = "simulated";  // the line of a test then holds its id and attempt
      break;
  }
  return framework;
}

/// The engine makes "suite/name" of a name where there are several suites; the id comes out as it was.
std::string name_for(const Test& test, bool several_suites) {
  const std::string prefix = test.suite + "/";
  return several_suites && test.id.starts_with(prefix) ? test.id.substr(prefix.size()) : test.id;
}

/// DEPENDS names tests of the same suite as the framework does.
void rename(std::vector<SimulatedTest>& tests, bool several_suites) {
  std::map<std::pair<std::string, std::string>, std::string> renamed;
  for (const SimulatedTest& one : tests) {
    std::string name = name_for(one.test, several_suites);
    if (name != one.test.name) renamed.emplace(std::pair(one.test.suite, one.test.name), std::move(name));
  }
  if (renamed.empty()) return;
  for (SimulatedTest& one : tests) {
    for (std::string& other : one.test.depends)
      if (const auto found = renamed.find({one.test.suite, other}); found != renamed.end()) other = found->second;
    one.test.name = name_for(one.test, several_suites);
  }
}

/// Nothing of how the test is really started and judged.
void strip(Test& test) {
  test.command.clear();
  test.directory.clear();
  test.environment.clear();
  test.required_files.clear();
  test.exit_rules = {};
}

template <typename Value>
Value of_attempt(const std::vector<Value>& values, int attempt, Value otherwise) {
  if (values.empty()) return otherwise;
  return values[std::min(values.size(), static_cast<std::size_t>(std::max(attempt, 1))) - 1];
}

SubunitStatus status_of(Outcome outcome) {
  if (outcome == Outcome::skipped) return SubunitStatus::skip;
  return is_failure(outcome) && outcome != Outcome::leaked ? SubunitStatus::fail : SubunitStatus::success;
}

bool ends_process(Outcome outcome) { return outcome == Outcome::crashed || outcome == Outcome::timed_out; }

}  // namespace

SimulatedSuites::SimulatedSuites(std::vector<SimulatedTest> tests, const SimulationSettings& settings)
    : settings_(settings), tests_(std::move(tests)) {
  config_.project_directory = "/";
  config_.project = "simulated";
  config_.run.timeout_factor = no_time_limit;
  config_.run.order = settings.order;
  config_.run.locks_dissolve = settings.dissolve_locks;
  config_.run.reruns = settings.reruns;
  if (settings.fresh_clones) config_.clones.fresh = Freshness::clone;
  for (const SimulatedTest& one : tests_)
    if (timings_.count(one.test.suite) == 0) add_suite(one.test.suite);
  rename(tests_, config_.suites.size() > 1);
  by_id_.reserve(tests_.size());
  for (SimulatedTest& one : tests_) {
    strip(one.test);
    one.test.id = one.test.name;
    if (config_.suites.size() > 1) one.test.id.insert(0, one.test.suite + "/");
    const auto leaked = std::find(one.outcomes.begin(), one.outcomes.end(), Outcome::leaked);
    config_.run.leaks_fail = config_.run.leaks_fail || leaked != one.outcomes.end();
    by_id_.emplace(one.test.id, &one);
  }
}

void SimulatedSuites::add_suite(const std::string& name) {
  const auto known = settings_.suites.find(name);
  SuiteTiming timing;
  timing.overhead = settings_.overhead_per_test;
  timings_.emplace(name, known == settings_.suites.end() ? timing : known->second);
  SuiteConfig& suite = config_.suites.emplace_back();
  suite.name = name;
  suite.directory = "/";
  suite.framework = framework_for(timings_.at(name).feed);
  suite.pass_environment.clear();
}

std::vector<SuiteTests> SimulatedSuites::listing() const {
  std::vector<SuiteTests> suites(config_.suites.size());
  std::map<std::string, std::size_t> position;
  for (std::size_t i = 0; i < config_.suites.size(); ++i) position[config_.suites[i].name] = i;
  for (const SimulatedTest& one : tests_) suites[position.at(one.test.suite)].tests.push_back(one.test);
  return suites;
}

FakeBehaviour SimulatedSuites::behaviour(const SimulatedTest& test, int attempt) const {
  FakeBehaviour behaviour;
  const Outcome outcome = of_attempt(test.outcomes, attempt, Outcome::passed);
  behaviour.duration = of_attempt(test.durations, attempt, Seconds{0});
  behaviour.start_up = of_attempt(test.overheads, attempt, timing_of(test).overhead);
  behaviour.status = status_of(outcome);
  behaviour.kills_clone = outcome == Outcome::lost;
  if (outcome == Outcome::skipped) behaviour.termination.code = skip_status;
  if (status_of(outcome) == SubunitStatus::fail) behaviour.termination.code = 1;
  if (ends_process(outcome)) behaviour.termination = {Termination::Kind::signalled, SIGABRT, ""};
  if (outcome == Outcome::leaked) behaviour.leaks = {{1, "leaked"}};
  return behaviour;
}

FakeBehaviour SimulatedSuites::process(const ExecuteRequest& request, const std::string& id, int attempt) const {
  const SimulatedTest& first = *by_id_.at(id);
  if (request.files.empty()) return behaviour(first, attempt);
  const SuiteTiming& timing = timing_of(first);
  FakeBehaviour batch;
  batch.start_up = timing.process_startup;
  batch.duration = timing.wind_down;
  const std::string prefix = config_.suites.size() > 1 ? first.test.suite + "/" : "";
  const std::vector<std::string> names = split_lines(request.files.front().content);
  for (const std::string& name : names) {
    // Others than the first are in a batch only while they have not been tried.
    const FakeBehaviour one = behaviour(*by_id_.at(prefix + name), names.size() == 1 ? attempt : 1);
    if (one.kills_clone) batch.kills_clone = true;
    const bool dies = one.termination.kind == Termination::Kind::signalled;
    if (!one.kills_clone) batch.tests.push_back({name, one.duration, *one.status, dies});
    if (one.kills_clone || dies) break;
  }
  return batch;
}

FakeBehaviour SimulatedSuites::fed(const std::string& line, bool first) const {
  const std::size_t id_begins = line.find(adapter_id_separator) + 1;
  const std::size_t attempt_begins = line.find(adapter_id_separator, id_begins) + 1;
  const std::string_view id(line.data() + id_begins, attempt_begins - 1 - id_begins);
  const SimulatedTest& test = *by_id_.at(id);
  FakeBehaviour one = behaviour(test, std::stoi(line.substr(attempt_begins)));
  if (first) one.start_up = timing_of(test).process_startup;
  one.wind_down = timing_of(test).wind_down;
  return one;
}

}  // namespace sharder
