#include "sharder/suites/framework.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sharder/config/program_globs.hpp"
#include "sharder/suites/command_line.hpp"
#include "sharder/suites/groups.hpp"
#include "sharder/suites/list_formats.hpp"
#include "sharder/suites/regular_expression.hpp"
#include "sharder/suites/result_formats.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// Where the clone offers the files of a Launch (containers: files_directory).
const std::string launch_files = "/run/sharder/";

/// Where a person hands over an id instead.
const std::string by_hand_id_file = "/dev/stdin";

/// What a person types where we start our adapter: it is the only one, and does what `python -m pytest` does.
const std::string without_adapter = "{interpreter} -m pytest {arguments} {id}";

/// Linux passes no single argument above 128 KiB; the rest is room for the flag's name and the file's.
constexpr std::size_t longest_argument_bytes = 120 << 10;

std::string absolute_program(const SuiteConfig& suite, const std::string& program) {
  const std::string& project = suite.project_directory.empty() ? suite.directory : suite.project_directory;
  return program.empty() ? program : (std::filesystem::path(project) / program).lexically_normal().string();
}

/// prove starts a file by the path it was given, and scripts tell of themselves by it.
std::string program_of_script(const SuiteConfig& suite, const std::string& program) {
  const std::string absolute = absolute_program(suite, program);
  const std::string front = suite.directory + "/";
  if (!absolute.starts_with(front)) return absolute;
  const std::string relative = absolute.substr(front.size());
  // A bare name would be looked up in PATH.
  return relative.find('/') == std::string::npos ? "./" + relative : relative;
}

std::vector<std::string> absolute_programs(const SuiteConfig& suite,
                                           const std::vector<std::string>& programs) {
  std::vector<std::string> absolute;
  for (const std::string& program : programs) absolute.push_back(absolute_program(suite, program));
  return absolute;
}

CommandValues common_values(const SuiteConfig& suite) {
  CommandValues values;
  values.interpreter = suite.interpreter.empty() ? suite.framework.default_interpreter : suite.interpreter;
  values.arguments = suite.arguments;
  return values;
}

std::vector<std::pair<std::string, std::string>> common_environment(const SuiteConfig& suite) {
  std::vector<std::pair<std::string, std::string>> environment = suite.framework.environment;
  environment.insert(environment.end(), suite.environment.begin(), suite.environment.end());
  return environment;
}

/// In a GoogleTest filter ':' and '-' separate and '*' is a wild card; '?' stands for any one of them.
std::string gtest_pattern(std::string name) {
  std::replace_if(name.begin(), name.end(), [](char c) { return c == ':' || c == '-' || c == '*'; }, '?');
  return name;
}

std::string escaped_id(const FrameworkCommand& run, const std::string& name) {
  if (run.format == "gtest") return gtest_pattern(name);
  return run.escape == "regex" ? escape_for_regular_expression(name) : name;
}

/// A filter too long for the command line goes into a flag file.
void move_long_arguments(Launch& launch, const std::string& process_tag) {
  for (std::string& word : launch.command) {
    if (word.size() < longest_argument_bytes || !word.starts_with("--gtest_")) continue;
    const std::string name = "flags-" + process_tag;
    launch.files.push_back({name, word + "\n"});
    word = "--gtest_flagfile=" + launch_files + name;
  }
}

/// A GoogleTest program that lists nothing is run whole; the listing leaves its command with the test.
bool runs_whole(const FrameworkConfig& framework, const Test& test) {
  return framework.run.format == "gtest" && !test.command.empty();
}

bool lacks_command(const FrameworkConfig& framework, const Test& test) {
  return test.command.empty() && has_placeholder(framework.run.command, "{command}");
}

std::string missing_command_text(const Test& test) {
  return fmt::format("\"{}\" has no command: its program is not there (was it built?)", printable(test.name));
}

std::vector<std::string> missing_command(const Test& test) {
  return {"/bin/sh", "-c", "echo " + quote_for_shell(missing_command_text(test)) + " >&2; exit 127"};
}

void check_format(const SuiteConfig& suite, const std::string& which, const std::string& format,
                  const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), format) != known.end()) return;
  throw ConfigError(
      fmt::format("[framework.{}] {}.format = \"{}\" is unknown", suite.framework.name, which, format),
      "one of: " + join(known, ", "));
}

/// The end of what a failed listing said: the last lines are where the reason stands.
std::string tail_of(std::string_view text) {
  constexpr std::size_t most_bytes = 4000;
  constexpr std::size_t most_lines = 30;
  text = trim(text);
  if (text.size() > most_bytes) text.remove_prefix(text.size() - most_bytes);
  std::vector<std::string> lines = split_lines(text);
  if (lines.size() > most_lines) lines.erase(lines.begin(), lines.end() - most_lines);
  return printable(join(lines, "\n"));
}

/// Runners that speak subunit tell there what they could not import, while warnings go to the error output.
std::string said_by_listing(const std::string& format, std::string_view output,
                            std::string_view error_output) {
  if (format.starts_with("subunit")) return tail_of(std::string(error_output) + texts_of_subunit(output));
  return tail_of(trim(error_output).empty() ? output : error_output);
}

std::string failed_listing(const std::string& what, std::optional<int> exit_status, const std::string& said) {
  const std::string ending =
      exit_status ? fmt::format("exit status {}", *exit_status) : std::string("a signal");
  return fmt::format("listing {} ended with {}{}{}", what, ending, said.empty() ? "" : ":\n", said);
}

}  // namespace

Framework::Framework(const SuiteConfig& suite) : suite_(suite) {
  const FrameworkConfig& framework = suite.framework;
  if (framework.list)
    check_format(suite, "list", framework.list->format,
                 {"ids", "json", "subunit1", "subunit2", "gtest", "ctest"});
  check_format(suite, "run", framework.run.format, {"exit", "subunit1", "subunit2", "tap", "gtest", "junit"});
  if (framework.run.format == "exit" && framework.run.feed != Feed::each)
    throw ConfigError(
        fmt::format("[framework.{}] run.format = \"exit\" tells of one test only", framework.name),
        "feed = \"each\", or a format that names the tests");
  if (framework.list) build_command(framework.list->command, {});
  build_command(framework.run.command, {});
  Grouping{suite.group_by};
}

std::vector<ListLaunch> Framework::list_launches(const std::vector<std::string>& programs) const {
  const auto& list = suite_.framework.list;
  if (!list) return {};
  const bool each_program = has_placeholder(list->command, "{program}");
  const std::vector<std::string> whole{""};
  std::vector<ListLaunch> launches;
  for (const std::string& program : each_program ? programs : whole) {
    CommandValues values = common_values(suite_);
    values.program = absolute_program(suite_, program);
    values.programs = absolute_programs(suite_, programs);
    ListLaunch& launch = launches.emplace_back();
    launch.program = program;
    launch.launch.command = build_command(list->command, values);
    launch.launch.directory = suite_.directory;
    launch.launch.environment = common_environment(suite_);
    launch.launch.channels = !suite_.framework.adapter.empty();
    launch.launch.separate_error_output = true;
  }
  return launches;
}

void Framework::parse_format(const std::string& program, std::string_view output,
                             ListingBuilder& builder) const {
  const std::string& format = suite_.framework.list->format;
  const std::vector<std::string>& arguments = suite_.arguments;
  if (format == "ids") {
    list_ids(output, builder);
  } else if (format == "json") {
    list_json(output, suite_.directory, builder);
  } else if (format == "ctest") {
    list_ctest(output, suite_.directory, builder);
  } else if (format != "gtest") {
    list_subunit(output, suite_.framework.filter_tags, builder);
  } else {
    const auto disabled_too =
        std::find(arguments.begin(), arguments.end(), "--gtest_also_run_disabled_tests");
    list_gtest(output, disabled_too != arguments.end(), builder);
    if (builder.has_tests() || program.empty()) return;
    Test whole;
    whole.name = program;
    whole.command = {absolute_program(suite_, program)};
    whole.command.insert(whole.command.end(), arguments.begin(), arguments.end());
    builder.add(std::move(whole));
  }
}

Listing Framework::parse_list(const std::string& program, std::string_view output,
                              std::string_view error_output, std::optional<int> exit_status) const {
  SHARDER_ASSERT(suite_.framework.list.has_value());
  ListingBuilder builder;
  if (exit_status != 0)
    builder.problem(failed_listing(program.empty() ? "suite \"" + suite_.name + "\"" : program, exit_status,
                                   said_by_listing(suite_.framework.list->format, output, error_output)));
  parse_format(program, output, builder);
  Listing listing = builder.finish();
  const Grouping grouping(suite_.group_by);
  for (Test& test : listing.tests) {
    test.suite = suite_.name;
    test.program = program;
    grouping.apply(test);
  }
  return listing;
}

std::vector<Test> Framework::tests_of_programs(const std::vector<std::string>& programs) const {
  const Grouping grouping(suite_.group_by);
  std::vector<Test> tests;
  for (const std::string& program : programs) {
    Test& test = tests.emplace_back();
    test.suite = suite_.name;
    test.program = test.name = program;
    grouping.apply(test);
  }
  return tests;
}

std::vector<std::string> Framework::command_for(const std::vector<const Test*>& tests,
                                                const std::string& run_command, const Launch& launch) const {
  const FrameworkConfig& framework = suite_.framework;
  const Test& first = *tests.front();
  if (runs_whole(framework, first)) return first.command;
  if (lacks_command(framework, first)) return missing_command(first);
  CommandValues values = common_values(suite_);
  const bool script = framework.run.format == "tap" && first.directory.empty();
  values.program = script ? program_of_script(suite_, first.program) : absolute_program(suite_, first.program);
  values.programs = absolute_programs(suite_, split_program_globs(suite_.programs).wanted);
  values.command = first.command;
  values.separator = framework.run.separator;
  values.result_file = launch.result_file;
  values.id_file = launch.files.empty() ? by_hand_id_file : launch_files + launch.files.front().name;
  for (const Test* test : tests) values.ids.push_back(escaped_id(framework.run, test->name));
  return build_command(run_command, values);
}

Launch Framework::run_launch(const std::vector<const Test*>& tests, const std::string& process_tag) const {
  SHARDER_ASSERT(!tests.empty());
  const FrameworkConfig& framework = suite_.framework;
  const Test& first = *tests.front();
  Launch launch;
  if (has_placeholder(framework.run.command, "{id_file}")) {
    std::string ids;
    for (const Test* test : tests) ids += test->name + "\n";
    launch.files.push_back({"ids-" + process_tag, std::move(ids)});
  }
  if (has_placeholder(framework.run.command, "{result_file}"))
    launch.result_file = launch_files + "result-" + process_tag;
  launch.command = command_for(tests, framework.run.command, launch);
  move_long_arguments(launch, process_tag);
  launch.directory = first.directory.empty() ? suite_.directory : first.directory;
  launch.environment = common_environment(suite_);
  launch.environment.insert(launch.environment.end(), first.environment.begin(), first.environment.end());
  launch.channels = !framework.adapter.empty();
  launch.feeds_standard_input = framework.run.feed == Feed::standard_input && !launch.channels;
  const std::string& format = framework.run.format;
  launch.separate_error_output = !launch.channels && (format == "tap" || format.starts_with("subunit"));
  return launch;
}

std::unique_ptr<ResultParser> Framework::result_parser(const std::vector<const Test*>& tests) const {
  SHARDER_ASSERT(!tests.empty());
  const FrameworkConfig& framework = suite_.framework;
  const std::string& format = framework.run.format;
  const Test& first = *tests.front();
  std::vector<std::string> names;
  for (const Test* test : tests) names.push_back(test->name);
  if (lacks_command(framework, first)) return make_failing_parser(first.name, missing_command_text(first));
  if (format == "exit" || runs_whole(framework, first))
    return make_exit_parser(first, framework.skip_statuses);
  if (format == "gtest") return make_gtest_parser(std::move(names));
  if (format == "tap") return make_tap_parser(framework.run.feed == Feed::each ? first.name : "");
  if (format == "junit") return make_junit_parser(std::move(names));
  return make_subunit_parser(framework.filter_tags, names);
}

std::string Framework::feed_line(const Test& test, int attempt, std::uint64_t seed) const {
  if (suite_.framework.adapter.empty()) return test.name + "\n";
  const std::string& separator = adapter_id_separator;
  return test.name + separator + test.id + separator + std::to_string(attempt) + separator + std::to_string(seed) +
         "\n";
}

std::string Framework::explain_run(const Test& test) const {
  const FrameworkConfig& framework = suite_.framework;
  const std::string& command = framework.adapter.empty() ? framework.run.command : without_adapter;
  const bool reads_id = has_placeholder(command, "{id_file}") ||
                        (framework.run.feed == Feed::standard_input && framework.adapter.empty());
  std::string text =
      "cd " + quote_for_shell(test.directory.empty() ? suite_.directory : test.directory) + " && ";
  if (reads_id) text += "printf '%s\\n' " + quote_for_shell(test.name) + " | ";
  std::vector<std::pair<std::string, std::string>> environment = common_environment(suite_);
  environment.insert(environment.end(), test.environment.begin(), test.environment.end());
  for (const auto& [name, value] : environment) text += name + "=" + quote_for_shell(value) + " ";
  Launch by_hand;
  by_hand.result_file = "results.xml";
  return text + quote_command(command_for({&test}, command, by_hand));
}

}  // namespace sharder
