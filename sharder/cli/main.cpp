// Reads the command line, calls the verb, turns exceptions into messages and exit status. Decides nothing.
#include <fmt/format.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include "sharder/cli/init.hpp"
#include "sharder/cli/options.hpp"
#include "sharder/cli/verbs.hpp"
#include "sharder/run/context.hpp"
#include "sharder/run/exit_status.hpp"

extern char** environ;

namespace sharder {
namespace {

Environment read_environment() {
  Environment environment;
  for (char** variable = environ; *variable != nullptr; ++variable)
    if (const char* equals = std::strchr(*variable, '='))
      environment.emplace(std::string(*variable, static_cast<std::size_t>(equals - *variable)),
                          std::string(equals + 1));
  return environment;
}

int call_verb(const CommandLine& line, const Environment& environment) {
  switch (line.verb) {
    case Verb::run: return verb_run(line, environment);
    case Verb::list: return verb_list(line, environment);
    case Verb::init: return verb_init(line);
    case Verb::plan: return verb_plan(line, environment);
    case Verb::simulate: return verb_simulate(line, environment);
    case Verb::merge: return verb_merge(line, environment);
    case Verb::history_slowest:
    case Verb::history_flaky:
    case Verb::history_show:
    case Verb::history_import:
    case Verb::history_export:
    case Verb::history_prune: return verb_history(line, environment);
    case Verb::profile_detect:
    case Verb::profile_list:
    case Verb::profile_show: return verb_profile(line, environment);
    case Verb::shell: return verb_shell(line, environment);
    case Verb::doctor: return verb_doctor(line, environment);
    case Verb::clean: return verb_clean();
    case Verb::base_create:
    case Verb::base_list:
    case Verb::base_show:
    case Verb::base_refresh:
    case Verb::base_remove: return verb_base(line);
  }
  return exit_status::bug;
}

int refuse(const Error& error, int status) {
  fmt::print(stderr, "sharder: {}\n", error.what());
  if (!error.hint().empty()) fmt::print(stderr, "  hint: {}\n", error.hint());
  return status;
}

int run_program(int count, char** words) {
  try {
    const ParsedCommandLine parsed = parse_command_line({words + 1, words + count});
    if (parsed.print) {
      fmt::print("{}", *parsed.print);
      return exit_status::success;
    }
    return call_verb(parsed.command_line, read_environment());
  } catch (const BusyError& error) {
    return refuse(error, exit_status::busy);
  } catch (const PreparationError& error) {
    return refuse(error, exit_status::preparation);
  } catch (const UnfitError& error) {
    return refuse(error, exit_status::usage);
  } catch (const ContainerError& error) {
    return refuse(error, exit_status::preparation);
  } catch (const Error& error) {
    return refuse(error, exit_status::usage);
  } catch (const std::exception& error) {
    fmt::print(stderr, "sharder: a bug: {}\n", error.what());
    return exit_status::bug;
  }
}

}  // namespace
}  // namespace sharder

int main(int count, char** words) {
  // Someone who stops reading our output must not kill us before the clones are gone.
  std::signal(SIGPIPE, SIG_IGN);
  // Directories that clones live in must be searchable by their users, whatever the caller's umask.
  ::umask(022);
  const int status = sharder::run_program(count, words);
  return std::fflush(stdout) == 0 ? status : (status == 0 ? sharder::exit_status::usage : status);
}
