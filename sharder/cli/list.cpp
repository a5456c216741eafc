#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "sharder/cli/loading.hpp"
#include "sharder/cli/project_history.hpp"
#include "sharder/cli/session.hpp"
#include "sharder/cli/verbs.hpp"
#include "sharder/config/presets.hpp"
#include "sharder/run/exit_status.hpp"
#include "sharder/run/run.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// Warnings of the listing go to standard error; the list alone to standard output.
class WarningPrinter : public EventConsumer {
 public:
  void consume(const Event& event) override {
    if (const auto* notice = std::get_if<Notice>(&event.payload))
      fmt::print(stderr, "sharder: {}\n", printable(notice->text));
  }
};

std::string json_line(const Test& test) {
  nlohmann::ordered_json line{
      {"id", valid_utf8(test.id)}, {"suite", valid_utf8(test.suite)}, {"name", valid_utf8(test.name)}};
  if (!test.program.empty()) line["program"] = valid_utf8(test.program);
  if (!test.group.empty()) line["group"] = valid_utf8(test.group);
  if (!test.locks.empty()) line["locks"] = test.locks;
  if (!test.tags.empty()) line["tags"] = test.tags;
  if (test.exclusive) line["exclusive"] = true;
  if (test.cores != 1) line["cores"] = test.cores;
  if (test.timeout) line["timeout"] = test.timeout->count();
  if (test.disabled) line["disabled"] = true;
  return line.dump();
}

std::string_view feed_word(Feed feed) {
  switch (feed) {
    case Feed::each: return "each: one process per test";
    case Feed::batch: return "batch: several tests per process";
    case Feed::standard_input: return "stdin: a live runner is fed test after test";
  }
  return "";
}

void explain(const Config& config) {
  for (const SuiteConfig& suite : config.suites) {
    const FrameworkConfig& framework = suite.framework;
    fmt::print("suite {}: framework {}\n", suite.name, framework.name);
    fmt::print("  directory  {}\n", suite.directory);
    if (!suite.programs.empty()) fmt::print("  programs   {}\n", join(suite.programs, " "));
    if (framework.list)
      fmt::print("  list       {}\n             format {}\n", framework.list->command, framework.list->format);
    else fmt::print("  list       every program is one test\n");
    fmt::print("  run        {}\n             format {}, feed {}\n", framework.run.command, framework.run.format,
               feed_word(framework.run.feed));
    for (const auto& [what, remark] : framework.explanation)
      fmt::print("  {} {}\n", what.empty() ? "note      " : what, remark);
    const auto preset = preset_texts().find(framework.name);
    if (preset != preset_texts().end()) fmt::print("\npreset {}:\n{}\n", framework.name, preset->second);
  }
}

}  // namespace

int verb_list(const CommandLine& line, const Environment& environment) {
  Config config = load_or_refuse(line, environment);
  if (line.list.explain) {
    explain(config);
    return exit_status::success;
  }
  const Machine machine = detect_machine();
  const ProjectHistory history(config, environment, machine);
  ChoiceInputs choice = history.choice_inputs(config);
  config.clones.workers = WorkersChoice{1, std::nullopt};
  Session session(std::move(config), environment, machine);
  WarningPrinter printer;
  session.context().events.add(printer);
  const Shutdown shutdown(session.context());

  std::optional<std::vector<Test>> tests;
  try {
    tests = session.complete(list_only(session.context(), session.layer_paths(), std::move(choice)));
  } catch (const Error&) {
    if (shutdown.signal() == 0) throw;
  }
  if (shutdown.signal() != 0) return exit_status::signal_base + shutdown.signal();
  std::string text;
  for (const Test& test : *tests) text += (line.list.json ? json_line(test) : printable(test.id)) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (tests->empty() && session.config().run.no_tests_fail && !session.config().selection.failed) {
    fmt::print(stderr, "sharder: no test was selected\n");
    return exit_status::nothing_selected;
  }
  return exit_status::success;
}

}  // namespace sharder
