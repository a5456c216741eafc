// The life of a run: setup, clones, listing, selection, workers, verdicts. Carries out; what is decided is in plan/.
#pragma once

#include <string>
#include <vector>

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
