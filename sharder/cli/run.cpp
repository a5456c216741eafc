#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "containers/bases/identity.hpp"
#include "sharder/cli/event_mirror.hpp"
#include "sharder/cli/loading.hpp"
#include "sharder/cli/project_history.hpp"
#include "sharder/cli/run_directory.hpp"
#include "sharder/cli/run_location.hpp"
#include "sharder/cli/session.hpp"
#include "sharder/cli/verbs.hpp"
#include "sharder/report/journal/earlier_run.hpp"
#include "sharder/report/reports.hpp"
#include "sharder/run/exit_status.hpp"
#include "sharder/run/run.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr Seconds tick_interval{0.1};

/// Calls tick() ten times a second for as long as it lives.
class Ticker {
 public:
  /// `mirror` may be none.
  Ticker(RunContext& context, Reports& reports, Mirror* mirror)
      : context_(context), reports_(reports), mirror_(mirror) {
    schedule();
  }

 private:
  void schedule() {
    alarm_ = context_.time.at(after(context_.time.now(), tick_interval), [this] {
      reports_.tick(context_.events.elapsed());
      if (mirror_ != nullptr) mirror_->tick();
      schedule();
    });
  }
  RunContext& context_;
  Reports& reports_;
  Mirror* mirror_;
  std::unique_ptr<Alarm> alarm_;
};

ReportSettings report_settings(const Config& config, const Environment& environment, const RunDirectory& directory) {
  ReportSettings settings = settings_for_this_terminal();
  settings.directory = directory.path();
  settings.copies = config.output.copies;
  settings.standard_output_taken = config.output.events && config.output.events->target.file == "-";
  settings.progress = config.output.progress;
  settings.output_on_failure = config.output.output_on_failure;
  settings.color = config.output.color;
  const auto no_color = environment.find("NO_COLOR");
  settings.no_color = no_color != environment.end() && !no_color->second.empty();
  settings.slow = config.run.slow;
  return settings;
}

RunResult run_to_the_end(Session& session, Reports& reports, Mirror* mirror, RunInputs inputs) {
  RunContext& context = session.context();
  Shutdown shutdown(context);
  const Ticker ticker(context, reports, mirror);
  RunResult result = session.complete(run_tests(context, shutdown, std::move(inputs)));
  // Only the reports are still to be written: a signal would end nothing sooner that is worth ending, but cost them.
  hold_signals_back();
  return result;
}

void touch_shard_status_files(const Config& config) {
  for (const std::filesystem::path& path : config.shard_status_files)
    if (std::FILE* file = std::fopen(path.c_str(), "a")) std::fclose(file);
}

/// Flags whose effect comes with a later version are accepted; nobody may believe that they did something.
void tell_of_idle_flags(const RunOptions& options) {
  for (const char* flag : {"hold-on-fail", "diagnose"})
    if (std::find(options.given.begin(), options.given.end(), flag) != options.given.end())
      fmt::print(stderr, "sharder: warning: --{} has no effect in this version\n", flag);
}

/// What a run that goes on begins with.
struct Continuation {
  std::filesystem::path directory;
  EarlierRun earlier;
};

void refuse_choices(const Config& config) {
  const SelectionConfig& selection = config.selection;
  if (selection.patterns.empty() && selection.suites.empty() && !selection.load_list && !selection.failed &&
      config.run.partitions == 1)
    return;
  throw UsageError("--resume goes on with the tests that the run began with: no others can be chosen",
                   "leave patterns, --suite, --load-list, --failed and --partition out");
}

/// A part that starts anew is the same part, unless another was asked for.
void keep_part(Config& config, const RunStarted& started) {
  if (config.run.partitions > 1 || started.parts < 2 || started.part < 1 || started.part > started.parts) return;
  config.run.partition = started.part;
  config.run.partitions = started.parts;
}

std::optional<Continuation> read_continuation(Config& config, const RunOptions& options) {
  if (!config.output.resume) return std::nullopt;
  if (config.output.directory)
    throw UsageError("--resume goes on in the run's own directory", "leave --output out");
  Continuation continuation{find_run(*config.output.resume, options), {}};
  continuation.earlier = read_earlier_run(continuation.directory);
  const RunStarted& started = continuation.earlier.started;
  if (!started.merged.empty())
    throw UsageError(fmt::format("{} is a merge of other runs, which cannot go on", continuation.directory.string()),
                     "resume the run that did not come to its end, where it ran, and merge again");
  const std::string here = config.project_directory.string();
  if (!started.project_directory.empty() && started.project_directory != here)
    throw UsageError(fmt::format("{} is a run of {}, and this is {}", continuation.directory.string(),
                                 started.project_directory, here),
                     "call sharder in that project, or give its --config");
  // One that was killed before its list was complete starts anew.
  if (!continuation.earlier.tests.empty()) refuse_choices(config);
  else keep_part(config, started);
  if (!config.run.seed && !started.run_id.empty()) config.run.seed = started.seed;
  return continuation;
}

std::optional<std::string> id_of(const std::optional<Continuation>& continuation) {
  if (!continuation || continuation->earlier.started.run_id.empty()) return std::nullopt;
  return continuation->earlier.started.run_id;
}

RunDirectory make_run_directory(const Session& session, const std::optional<Continuation>& continuation) {
  if (continuation) return RunDirectory(continuation->directory);
  return RunDirectory(session.config().project_directory, session.run_id(), session.config().output.directory);
}

}  // namespace

int verb_run(const CommandLine& line, const Environment& environment) {
  Config config = load_or_refuse(line, environment);
  tell_of_idle_flags(line.options);
  std::optional<Continuation> continuation = read_continuation(config, line.options);
  const Machine machine = detect_machine();
  const ProjectHistory history(config, environment, machine);
  ChoiceInputs choice = history.choice_inputs(config);
  touch_shard_status_files(config);
  std::unique_ptr<MirrorDestination> destination = open_destination(config.output.events);
  Session session(std::move(config), environment, machine, history.past(), id_of(continuation));
  const std::unique_ptr<MachineSlots> slots = session.take_slots();
  const RunDirectory directory = make_run_directory(session, continuation);
  session.begin_watching();
  const std::unique_ptr<Reports> reports = make_reports(report_settings(session.config(), environment, directory));
  session.context().events.add(*reports);
  Artifacts artifacts(directory.path() / "artifacts");
  session.context().artifacts = &artifacts;

  const RunContext& context = session.context();
  const std::unique_ptr<HistoryRecorder> recorder = history.recorder(session.config(), context.workers(), context.seed);
  if (recorder) session.context().events.add(*recorder);

  const std::unique_ptr<Mirror> mirror = make_mirror(std::move(destination), session.context());
  if (mirror) session.context().events.add(*mirror);

  RunInputs inputs{session.started(line.text), session.layer_paths(), session.lock_directory(), std::move(choice)};
  if (continuation) inputs.earlier = std::move(continuation->earlier);
  inputs.recall = [&](const Event& event) {
    reports->recall(event);
    if (recorder) recorder->consume(event);
    if (mirror) mirror->recall(event);
  };
  const RunResult result = run_to_the_end(session, *reports, mirror.get(), std::move(inputs));
  const std::string trouble = reports->finish();
  if (const std::string missing = mirror ? mirror->finish() : ""; !missing.empty())
    fmt::print(stderr, "sharder: warning: {}\n", printable(missing));
  if (const std::string lost = recorder ? recorder->finish() : ""; !lost.empty())
    fmt::print(stderr, "sharder: {}\n", printable(lost));
  directory.hand_over(invoker_identity());
  if (!result.message.empty()) fmt::print(stderr, "sharder: {}\n", result.message);
  if (!result.message.empty() && !result.hint.empty()) fmt::print(stderr, "  hint: {}\n", result.hint);
  if (!trouble.empty()) fmt::print(stderr, "sharder: results are not complete on disk: {}\n", trouble);
  if (!trouble.empty() && result.exit_status == exit_status::success) return exit_status::incomplete;
  return result.exit_status;
}

}  // namespace sharder
