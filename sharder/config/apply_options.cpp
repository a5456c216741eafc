#include "sharder/config/apply_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/config/pattern.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// "-" stands for a standard stream.
std::string absolute_unless_dash(const std::filesystem::path& directory, const std::string& path) {
  return path == "-" ? path : (directory / path).lexically_normal().string();
}

template <typename Target, typename Value>
void lay_over(Target& target, const std::optional<Value>& value) {
  if (value) target = *value;
}

void add_error(Diagnostics& diagnostics, std::string message, std::string hint) {
  diagnostics.push_back({.severity = Diagnostic::Severity::error,
                         .file = "",
                         .message = std::move(message),
                         .hint = std::move(hint)});
}

void apply_to_selection(const RunOptions& options, const std::filesystem::path& here, Config& config,
                        Diagnostics& diagnostics) {
  config.selection.patterns = options.patterns;
  config.selection.exact = options.exact;
  config.selection.failed = options.failed;
  config.selection.suites = options.suites;
  if (options.load_list) config.selection.load_list = absolute_unless_dash(here, *options.load_list);
  for (const std::string& text : options.patterns) {
    try {
      const Pattern pattern(text, options.exact);
    } catch (const UsageError& refused) {
      add_error(diagnostics, refused.what(), refused.hint());
    }
  }
  std::vector<std::string> known;
  for (const SuiteConfig& suite : config.suites) known.push_back(suite.name);
  for (const std::string& name : options.suites)
    if (std::find(known.begin(), known.end(), name) == known.end())
      add_error(diagnostics, fmt::format("--suite: there is no [suite.{}]", name), suggestion(name, known));
}

void apply_to_run(const RunOptions& options, Config& config) {
  RunConfig& run = config.run;
  lay_over(run.timeout, options.timeout);
  lay_over(run.timeout_factor, options.timeout_factor);
  lay_over(run.reruns, options.reruns);
  lay_over(run.flaky, options.flaky);
  lay_over(run.order, options.order);
  lay_over(run.seed, options.seed);
  lay_over(run.fail_fast, options.fail_fast);
  lay_over(run.deadline, options.deadline);
  lay_over(run.no_tests_fail, options.no_tests_fail);
  lay_over(run.hold_on_fail, options.hold_on_fail);
  lay_over(run.diagnose, options.diagnose);
  if (options.partition) {
    run.partition = options.partition->number;
    run.partitions = options.partition->of;
  }
  // The command line is stronger than any override.
  if (options.timeout)
    for (OverrideConfig& override : config.overrides) override.timeout.reset();
}

/// What would have no effect was meant for something. Variables may stand there for all runs of a machine.
void refuse_idle_event_flags(const RunOptions& options, const OutputConfig& output, Diagnostics& diagnostics) {
  const bool to_broker = output.events && !output.events->target.is_file;
  const auto idle = [&](const char* flag, bool has_effect, const char* hint) {
    const bool given = std::find(options.given.begin(), options.given.end(), flag) != options.given.end();
    if (given && !has_effect) add_error(diagnostics, fmt::format("--{} without a broker that asks for it", flag), hint);
  };
  idle("events-credentials", to_broker, "--events mqtt://host:port/prefix");
  const bool encrypted = to_broker && output.events->target.broker.encrypted;
  for (const char* flag : {"events-ca", "events-certificate"})
    idle(flag, encrypted, "--events mqtts://host:port/prefix");
}

void apply_to_events(const RunOptions& options, const std::filesystem::path& here, OutputConfig& output,
                     Diagnostics& diagnostics) {
  if (options.events) {
    try {
      EventsConfig events{parse_events_target(*options.events, here), {}, {}, {}};
      if (options.events_credentials) events.credentials = here / *options.events_credentials;
      if (options.events_ca) events.ca = here / *options.events_ca;
      if (options.events_certificate) events.certificate = here / *options.events_certificate;
      output.events = std::move(events);
    } catch (const UsageError& refused) {
      add_error(diagnostics, refused.what(), refused.hint());
      return;
    }
  }
  refuse_idle_event_flags(options, output, diagnostics);
}

void apply_to_output(const RunOptions& options, const std::filesystem::path& here, Config& config,
                     Diagnostics& diagnostics) {
  OutputConfig& output = config.output;
  if (options.output) output.directory = absolute_unless_dash(here, *options.output);
  lay_over(output.resume, options.resume);
  lay_over(output.progress, options.progress);
  lay_over(output.output_on_failure, options.output_on_failure);
  lay_over(output.color, options.color);
  apply_to_events(options, here, output, diagnostics);
  std::vector<std::string> on_standard_output;
  for (const auto& [name, path] :
       {std::pair{"junit", &options.junit}, std::pair{"ctrf", &options.ctrf},
        std::pair{"subunit", &options.subunit}, std::pair{"subunit1", &options.subunit1},
        std::pair{"trace", &options.trace}}) {
    if (!*path) continue;
    output.copies.emplace_back(name, absolute_unless_dash(here, **path));
    if (**path == "-") on_standard_output.push_back(fmt::format("--{}", name));
  }
  if (output.events && output.events->target.file == "-") on_standard_output.push_back("--events");
  if (on_standard_output.size() > 1)
    add_error(diagnostics,
              fmt::format("{} cannot all write to standard output", enumeration(on_standard_output)),
              "give all but one of them a file");
  if (options.history) config.history.file = absolute_unless_dash(here, *options.history);
  config.history.enabled = !options.no_history;
  if (options.history && options.no_history)
    add_error(diagnostics, "--history and --no-history exclude each other", "");
}

}  // namespace

void apply_options(const RunOptions& options, const std::filesystem::path& working_directory, Config& config,
                   Diagnostics& diagnostics) {
  apply_to_selection(options, working_directory, config, diagnostics);
  apply_to_run(options, config);
  lay_over(config.clones.workers, options.workers);
  lay_over(config.clones.fresh, options.fresh);
  lay_over(config.clones.base, options.base);
  apply_to_output(options, working_directory, config, diagnostics);
  for (SuiteConfig& suite : config.suites)
    suite.arguments.insert(suite.arguments.end(), options.framework_arguments.begin(),
                           options.framework_arguments.end());
}

}  // namespace sharder
