#include "sharder/run/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sharder/config/program_globs.hpp"
#include "sharder/run/clone_preparation.hpp"
#include "sharder/run/helper_command.hpp"
#include "sharder/run/test_environment.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr Seconds glob_timeout{120};
constexpr Seconds listing_timeout{600};

/// As a person would write it in sharder.toml: relative to the project where it lies in it. Ids begin with it, and must
/// be the same wherever the project is checked out.
std::string name_of_program(const std::string& project, const std::string& path) {
  return path.starts_with(project + "/") ? path.substr(project.size() + 1) : path;
}

void leave_out(const std::vector<std::string>& globs, std::vector<std::string>& programs) {
  std::erase_if(programs, [&](const std::string& program) {
    return std::any_of(globs.begin(), globs.end(),
                       [&](const std::string& glob) { return glob_matches(glob, program); });
  });
}

boost::asio::awaitable<std::vector<std::string>> expand_programs(RunContext& context, Clone& clone,
                                                                 const SuiteConfig& suite) {
  const std::vector<std::string>& given = suite.programs.empty() ? suite.framework.default_programs : suite.programs;
  auto [programs, left_out] = split_program_globs(given);
  const bool any_glob = std::any_of(programs.begin(), programs.end(), [](const std::string& program) {
    return program.find_first_of("*?[") != std::string::npos;
  });
  if (!any_glob) {
    leave_out(left_out, programs);
    co_return programs;
  }
  ExecuteRequest request;
  request.role = ExecuteRequest::Role::helper;
  request.command = {"/.agent", "glob"};
  request.command.insert(request.command.end(), programs.begin(), programs.end());
  request.directory = context.config.project_directory.string();
  request.environment = flatten(basic_environment(context.user, context.environment));
  request.user = context.user;
  const CommandResult result = co_await run_command(context, clone, std::move(request), glob_timeout);
  if (!result.succeeded())
    throw PreparationError(fmt::format("programs of suite \"{}\" could not be expanded: {}{}", suite.name,
                                       result.describe(), quote_tail(result.output)));
  std::vector<std::string> found = split(result.output, '\0');
  std::erase(found, "");
  for (std::string& program : found) program = name_of_program(context.config.project_directory.string(), program);
  leave_out(left_out, found);
  if (found.empty())
    throw PreparationError(fmt::format("no file in the project matches programs = [\"{}\"] of suite \"{}\"",
                                       join(given, "\", \""), suite.name),
                           "build the suite first; globs are relative to the directory of sharder.toml");
  co_return found;
}

/// Of `program`, relative to the project; "" where one command lists the whole suite.
std::string hint_about_failed_listing(const std::string& program) {
  std::string hint = "try it in a clone: sharder shell";
  if (!program.empty()) hint += fmt::format("; if it is no test, \"!{}\" in programs leaves it out", program);
  return hint;
}

boost::asio::awaitable<std::vector<Test>> list_program(RunContext& context, Clone& clone, const Framework& framework,
                                                       const ListLaunch& list) {
  const SuiteConfig& suite = framework.suite();
  ExecuteRequest request;
  request.role = ExecuteRequest::Role::helper;
  request.command = list.launch.command;
  request.directory = list.launch.directory;
  request.user = context.user;
  request.merge_output = false;
  request.channels = list.launch.channels;
  // Listing may write caches and the like; with a cell of its own the tests do not see them.
  request.cell = !context.has_services();
  for (const Launch::File& file : list.launch.files) request.files.push_back({file.name, file.content, 0644});
  Variables variables = suite_environment(suite, context.user, context.environment);
  variables.insert(variables.end(), list.launch.environment.begin(), list.launch.environment.end());
  request.environment = flatten(variables);
  const std::string command = quote_command(request.command);

  const CommandResult result = co_await run_command(context, clone, std::move(request), listing_timeout);
  if (result.clone_gone) throw ContainerError("the clone died while tests were listed: " + result.error_output);
  if (result.cut)
    throw PreparationError(fmt::format("listing suite \"{}\" failed: it printed more than {}\n  command: {}",
                                       suite.name, format_size(CommandResult::most_output_bytes), command),
                           "list fewer tests at a time, or print less beside them");
  std::optional<int> status;
  if (!result.timed_out && result.termination.kind == Termination::Kind::exited) status = result.termination.code;
  const std::string& listed = list.launch.channels ? result.result : result.output;
  const std::string said = list.launch.channels ? result.output + result.error_output : result.error_output;
  Listing listing = framework.parse_list(list.program, listed, said, status);
  if (!status)
    throw PreparationError(fmt::format("listing suite \"{}\" failed: {}\n  command: {}{}", suite.name,
                                       result.describe(), command, quote_tail(said)),
                           hint_about_failed_listing(list.program));
  if (!listing.problems.empty())
    throw PreparationError(fmt::format("listing suite \"{}\" failed: {}\n  command: {}", suite.name,
                                       join(listing.problems, "; "), command),
                           hint_about_failed_listing(list.program));
  for (const std::string& notice : listing.notices) context.events.warn(notice);
  co_return std::move(listing.tests);
}

}  // namespace

boost::asio::awaitable<std::vector<SuiteTests>> list_tests(RunContext& context, Clone& clone,
                                                           const std::map<std::string, Framework>& frameworks) {
  std::vector<SuiteTests> suites;
  if (context.list) {
    suites = co_await context.list();
    co_return suites;
  }
  for (const SuiteConfig& suite : context.config.suites) {
    const auto framework = frameworks.find(suite.name);
    if (framework == frameworks.end()) continue;
    const std::vector<std::string> programs = co_await expand_programs(context, clone, suite);
    SuiteTests listed;
    listed.programs = programs.size();
    if (!suite.framework.list) listed.tests = framework->second.tests_of_programs(programs);
    const std::vector<ListLaunch> launches = framework->second.list_launches(programs);
    for (const ListLaunch& list : launches) {
      std::vector<Test> more = co_await list_program(context, clone, framework->second, list);
      std::move(more.begin(), more.end(), std::back_inserter(listed.tests));
    }
    suites.push_back(std::move(listed));
  }
  co_return suites;
}

}  // namespace sharder
