// The life of a run: setup, clones, listing, selection, workers, verdicts. Carries out; what is decided is in plan/.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sharder/model/earlier_run.hpp"
#include "sharder/run/choose_tests.hpp"
#include "sharder/run/context.hpp"
#include "sharder/run/setup_layer.hpp"
#include "sharder/run/shutdown.hpp"

namespace sharder {

struct RunInputs {
  RunStarted started;  // published first
  LayerPaths layers;
  std::string lock_directory;
  ChoiceInputs choice;
  /// Where the run goes on: its earlier part, and who is to be told of it, as far as it is not told by the journal.
  std::optional<EarlierRun> earlier = {};
  std::function<void(const Event&)> recall = {};
};

struct RunResult {
  int exit_status = 70;
  std::string message;  // why nothing (or not everything) was run; "" otherwise
  std::string hint;
};

/// Runs everything and publishes the whole stream, run.finished included. Never throws for reasons outside: those
/// become exit status and message. Leaves no clone behind.
boost::asio::awaitable<RunResult> run_tests(RunContext& context, Shutdown& shutdown, RunInputs inputs);

/// Only the listing: a clone, `setup`, `start`, then the selected tests. Throws.
boost::asio::awaitable<std::vector<Test>> list_only(RunContext& context, LayerPaths layers, ChoiceInputs choice);

}  // namespace sharder
