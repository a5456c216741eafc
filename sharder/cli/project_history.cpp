#include "sharder/cli/project_history.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "sharder/cli/history_location.hpp"
#include "sharder/cli/loading.hpp"
#include "sharder/history/database.hpp"
#include "sharder/history/spellings.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {

ProjectHistory::ProjectHistory(const Config& config, const Environment& environment, const Machine& machine) {
  if (!config.history.enabled) return;
  OpenedHistory opened = open_history(history_file(config, environment), history_settings());
  history_ = std::move(opened.history);
  if (history_) {
    host_class_ = host_class(machine);
    cores_ = static_cast<int>(machine.cores.size());
    past_ = history_->past(config.project, host_class_);
    for (std::string& notice : history_->take_notices()) opened.notices.push_back(std::move(notice));
  }
  for (const std::string& notice : opened.notices) fmt::print(stderr, "sharder: {}\n", printable(notice));
}

ChoiceInputs ProjectHistory::choice_inputs(const Config& config) const {
  ChoiceInputs inputs;
  inputs.load_list = read_load_list(config.selection);
  inputs.past = past_;
  inputs.adopt_spellings = adopt_spellings;
  if (history_ && config.run.partitions > 1)
    inputs.settle_partition = [this, project = config.project, parts = config.run.partitions](
                                  const std::vector<std::string>& ids, std::vector<int> today) {
      return settle({project, parts, ids, std::move(today)});
    };
  if (!config.selection.failed) return inputs;
  if (!history_)
    throw UsageError("--failed takes a history of the last run, and there is none",
                     "leave --no-history out, or name the tests: --load-list FILE");
  inputs.failed = history_->not_passed_in_last_run(config.project);
  return inputs;
}

std::vector<int> ProjectHistory::settle(const PartitionQuestion& question) const {
  try {
    return settled_partition(history_->database(), question, history_->read_only());
  } catch (const DatabaseError& error) {
    // Parts that do not fit together would lose tests without a word.
    throw UsageError(fmt::format("the division into parts could not be kept: {}", error.what()),
                     "try again, or give --no-history to all parts");
  }
}

std::unique_ptr<HistoryRecorder> ProjectHistory::recorder(const Config& config, int workers, std::uint64_t seed) const {
  if (!history_ || history_->read_only()) return nullptr;
  return std::make_unique<HistoryRecorder>(*history_, RecordedConditions{.project = config.project,
                                                                         .host_class = host_class_,
                                                                         .base = config.clones.base,
                                                                         .order = config.run.order,
                                                                         .workers = workers,
                                                                         .seed = seed,
                                                                         .cores = cores_});
}

}  // namespace sharder
