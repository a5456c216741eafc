// `sharder simulate`: plays a recorded or an expected run on other numbers of workers, and on other machines.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "sharder/cli/loading.hpp"
#include "sharder/cli/prediction_table.hpp"
#include "sharder/cli/project_history.hpp"
#include "sharder/cli/run_location.hpp"
#include "sharder/cli/verbs.hpp"
#include "sharder/host/hardware_profile.hpp"
#include "sharder/report/journal/journal_reader.hpp"
#include "sharder/run/exit_status.hpp"
#include "sharder/simulate/past_input.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

SimulationInput read_input(const CommandLine& line, const Environment& environment) {
  const std::optional<std::string>& journal = line.simulate.journal;
  if (journal && line.options.history)
    throw UsageError("--journal and --history are two sources of durations", "give one of them");
  if (journal) return input_from_journal(read_journal(find_journal(*journal, line.options)));
  const Config config = load_or_refuse(line, environment);
  const Machine machine = detect_machine();
  const Past past = ProjectHistory(config, environment, machine).past();
  SimulationInput input = input_from_past(past);
  // As wide as the next run would be here.
  const SlotPlan slots = plan_slots(machine, config.clones.workers, std::nullopt, evidence_from(past));
  input.workers = static_cast<int>(slots.slots.size());
  return input;
}

/// The input's settings for other workers; their number decides when their clones are ready.
SimulationSettings settings_for(const SimulationInput& input, const CommandLine& line, std::vector<double> speeds) {
  SimulationSettings settings = input.settings;
  settings.startups = startups_for(input.settings.startups, static_cast<int>(speeds.size()));
  settings.worker_speeds = std::move(speeds);
  settings.dissolve_locks = line.simulate.dissolve_locks;
  if (line.options.seed) settings.seed = *line.options.seed;
  if (line.options.order) {
    settings.order = *line.options.order;
    settings.past = input.past;
  }
  return settings;
}

Prediction predict(const SimulationInput& input, const CommandLine& line, std::vector<double> speeds) {
  return simulate(input.tests, settings_for(input, line, std::move(speeds)));
}

std::vector<PredictionRow> predict_all(const SimulationInput& input, const CommandLine& line) {
  std::vector<PredictionRow> rows;
  const SimulateOptions& options = line.simulate;
  std::vector<int> widths = options.workers;
  if (widths.empty() && (options.profiles.empty() || !input.run_id.empty())) widths = {input.workers};
  for (const int width : widths)
    rows.push_back(
        {"this machine", width, predict(input, line, std::vector<double>(static_cast<std::size_t>(width), 1.0))});
  for (const std::string& name : profiles_named(options.profiles, fs::current_path())) {
    const HardwareProfile profile = load_profile(name, fs::current_path());
    ProfileCapacity capacity = capacity_of(profile, WorkersChoice{}, evidence_from(input.past));
    rows.push_back({profile.name, capacity.workers, predict(input, line, std::move(capacity.speeds))});
  }
  return rows;
}

/// How well the simulation understands the run: what it makes of the same workers, order and durations.
void print_replay(const SimulationInput& input) {
  fmt::print("run {}: {} tests, {} worker{}", input.run_id, input.tests.size(), input.workers,
             input.workers == 1 ? "" : "s");
  if (input.makespan.count() <= 0) {
    fmt::print("; it did not end\n\n");
    return;
  }
  const Seconds replayed = simulate(input.tests, input.settings).makespan;
  fmt::print(", took {}; replayed {} ({:+.1f} %)\n\n", format_duration(input.makespan), format_duration(replayed),
             (replayed / input.makespan - 1) * 100);
}

/// Where one test takes as long as each of so many workers works, more of them gain nothing.
void print_useful_limit(const SimulationInput& input) {
  Seconds total{0}, longest{0};
  std::string which;
  for (const SimulatedTest& one : input.tests) {
    if (one.durations.empty()) continue;
    total += one.durations.front() * std::max(one.test.cores, 1);
    if (one.durations.front() <= longest) continue;
    longest = one.durations.front();
    which = one.test.id;
  }
  if (longest.count() <= 0) return;
  const double limit = std::max(1.0, std::ceil(total / longest));
  fmt::print("\nmore than {:.0f} worker{} gain nothing: {} alone takes {} of {}\n", limit, limit == 1 ? "" : "s",
             printable(which), format_duration(longest), format_duration(total));
}

}  // namespace

int verb_simulate(const CommandLine& line, const Environment& environment) {
  const SimulationInput input = read_input(line, environment);
  if (input.without_duration > 0)
    fmt::print(stderr, "sharder: nothing is known of {} tests, which are left out\n", input.without_duration);
  if (!input.run_id.empty()) print_replay(input);
  const std::vector<PredictionRow> rows = predict_all(input, line);
  for (const PredictionRow& row : rows) {
    if (row.prediction.signal != 0) return exit_status::signal_base + row.prediction.signal;
    if (!row.prediction.trouble.empty()) fmt::print(stderr, "sharder: {}\n", printable(row.prediction.trouble));
  }
  fmt::print("{}", prediction_table(rows));
  print_useful_limit(input);
  return exit_status::success;
}

}  // namespace sharder
