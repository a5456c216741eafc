#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "sharder/cli/loading.hpp"
#include "sharder/cli/session.hpp"
#include "sharder/cli/terminal_relay.hpp"
#include "sharder/cli/verbs.hpp"
#include "sharder/run/choose_tests.hpp"
#include "sharder/run/clone_preparation.hpp"
#include "sharder/run/exit_status.hpp"
#include "sharder/run/listing.hpp"
#include "sharder/run/run.hpp"
#include "sharder/run/shutdown.hpp"
#include "sharder/run/test_environment.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

const SuiteConfig& suite_called(const Config& config, const std::string& name) {
  const auto found = std::find_if(config.suites.begin(), config.suites.end(),
                                  [&](const SuiteConfig& suite) { return suite.name == name; });
  SHARDER_ASSERT(found != config.suites.end(), name);
  return *found;
}

/// What the shell is for: the project, or one test's directory and environment.
struct Surroundings {
  std::string directory;
  Variables variables;
  std::string introduction;
};

Surroundings surroundings_of(const RunContext& context, const Test* test) {
  const Config& config = context.config;
  if (test == nullptr)
    return {config.project_directory.string(), basic_environment(context.user, context.environment),
            "A fresh clone; what you change in it is gone when you leave."};
  const SuiteConfig& suite = suite_called(config, test->suite);
  Surroundings around{test->directory.empty() ? suite.directory : test->directory,
                      suite_environment(suite, context.user, context.environment), ""};
  around.variables.insert(around.variables.end(), test->environment.begin(), test->environment.end());
  around.variables.emplace_back("SHARDER_TEST", test->id);
  around.introduction = fmt::format("A fresh clone for {}. To run the test:\n  {}", printable(test->id),
                                    printable(Framework(suite).explain_run(*test)));
  return around;
}

boost::asio::awaitable<std::vector<Test>> find_test(RunContext& context, Clone& clone) {
  std::map<std::string, Framework> frameworks;
  for (const SuiteConfig& suite : context.config.suites) frameworks.emplace(suite.name, Framework(suite));
  std::vector<SuiteTests> listed = co_await list_tests(context, clone, frameworks);
  ChoiceInputs nothing_known;
  std::vector<Test> tests = choose_tests(context, std::move(listed), nothing_known);
  if (tests.size() != 1)
    throw UsageError(fmt::format("{} tests match \"{}\"", tests.size(), context.config.selection.patterns.front()),
                     "name one test by its whole id; sharder list shows them");
  co_return tests;
}

ExecuteRequest shell_request(const RunContext& context, Surroundings around, bool terminal) {
  ExecuteRequest request;
  request.role = ExecuteRequest::Role::helper;
  request.directory = std::move(around.directory);
  request.user = context.user;
  request.feed = true;
  const char* type = std::getenv("TERM");
  around.variables.emplace_back("TERM", type == nullptr ? "dumb" : type);
  request.environment = flatten(around.variables);
  const std::string shell = context.user.shell.empty() ? "/bin/sh" : context.user.shell;
  if (terminal) {
    const TerminalSize size = terminal_size();
    request.command = {"/.agent", "pty", std::to_string(size.rows), std::to_string(size.columns), "--", shell};
  } else {
    request.command = {shell};
    request.merge_output = false;
  }
  return request;
}

boost::asio::awaitable<int> open_shell(Session& session, bool for_test) {
  RunContext& context = session.context();
  const std::optional<std::string> layer = co_await make_setup_layer(context, session.layer_paths());
  std::vector<std::string> layers;
  if (layer) layers.push_back(*layer);
  PreparedClone prepared = co_await prepare_clone(context, 0, std::move(layers));
  std::vector<Test> tests;
  if (for_test) tests = co_await find_test(context, *prepared.clone);
  Surroundings around = surroundings_of(context, for_test ? &tests.front() : nullptr);
  const bool terminal = ::isatty(STDIN_FILENO) == 1;
  if (terminal) fmt::print(stderr, "{}\n", around.introduction);
  ExecuteRequest request = shell_request(context, std::move(around), terminal);
  const std::unique_ptr<Execution> execution = co_await prepared.clone->execute(std::move(request));
  const RawTerminal raw;
  const int status = co_await relay(context, *execution);
  co_return status;
}

}  // namespace

int verb_shell(const CommandLine& line, const Environment& environment) {
  Config config = load_or_refuse(line, environment);
  config.clones.workers = WorkersChoice{1, std::nullopt};
  if (line.shell.test) {
    config.selection.patterns = {*line.shell.test};
    config.selection.exact = true;
  }
  Session session(std::move(config), environment, detect_machine());
  const Shutdown shutdown(session.context());
  try {
    return session.complete(open_shell(session, line.shell.test.has_value()));
  } catch (const Error&) {
    if (shutdown.signal() == 0) throw;
    return exit_status::signal_base + shutdown.signal();
  }
}

}  // namespace sharder
