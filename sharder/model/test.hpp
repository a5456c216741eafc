// A test as the engine knows it: what the list command told, what sharder.toml overrides, nothing that runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sharder {

using Seconds = std::chrono::duration<double>;

/// Position of a test in the list of the run; the engine's short name for it.
using TestIndex = std::size_t;

/// How a CTest-like test is judged beyond its exit status.
struct ExitRules {
  bool will_fail = false;
  std::optional<int> skip_return_code;
  std::vector<std::string> pass_expressions, fail_expressions, skip_expressions;  // ECMAScript, on the output
};

struct Test {
  std::string id;       // what users see and type: [suite/][program:]name
  std::string suite;    // name of its [suite.NAME]
  std::string program;  // as matched by `programs`, relative to the project; empty where there is none
  std::string name;     // the framework's own id

  std::vector<std::string> command;  // only where the list gave one
  std::string directory;             // absolute; empty: the suite's
  std::vector<std::pair<std::string, std::string>> environment;

  std::optional<Seconds> timeout;  // from the list or an override; empty: the run's
  bool exclusive = false;          // nothing else runs meanwhile
  std::vector<std::string> locks;  // at most one holder at a time, machine-wide
  int cores = 1;
  std::optional<double> cost;      // what the list says of its duration: seconds, or any number that orders
  std::string group;               // tests of a group prefer one worker; empty: none
  std::vector<std::string> tags;
  bool disabled = false;           // listed, never run: its verdict is skipped

  // CTest's fixtures. Set-up and clean-up tests run in every clone that needs them.
  std::vector<std::string> fixtures_required, fixtures_setup, fixtures_cleanup;
  std::vector<std::string> depends;  // names, in the same suite, that must have run before in the same clone
  std::vector<std::string> required_files;
  ExitRules exit_rules;
};

}  // namespace sharder
