#include "sharder/history/recorder.hpp"

#include <fmt/format.h>

#include "sharder/history/database.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// Records, and once more where the file turns out to be damaged and a new one is begun.
std::string record(History& history, const RecordedRun& run) {
  try {
    history.record(run);
    return {};
  } catch (const DatabaseError& error) {
    if (!history.replace_if_damaged(error)) throw;
  }
  history.record(run);
  return join(history.take_notices(), "; ");
}

}  // namespace

std::string HistoryRecorder::finish() {
  if (!gatherer_.ended() || history_.read_only()) return {};
  const RecordedRun run = gatherer_.take();
  try {
    return record(history_, run);
  } catch (const DatabaseError& error) {
    if (error.kind() == DatabaseError::Kind::locked)
      return fmt::format("the history {} is locked by another program: this run is not recorded",
                         history_.file().string());
    return fmt::format("this run is not recorded in the history: {}", error.what());
  } catch (const Error& error) {
    return fmt::format("this run is not recorded in the history: {}", error.what());
  }
}

}  // namespace sharder
