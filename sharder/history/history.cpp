#include "sharder/history/history.hpp"

#include <fmt/format.h>

#include <utility>

#include "sharder/history/database.hpp"
#include "sharder/history/history_file.hpp"
#include "sharder/history/read_past.hpp"
#include "sharder/history/record_run.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {

History::History(std::filesystem::path file, HistorySettings settings, std::unique_ptr<Database> database,
                 bool read_only)
    : file_(std::move(file)), settings_(settings), database_(std::move(database)), read_only_(read_only) {}

History::~History() = default;

Past History::past(const std::string& project, const std::string& host_class) const {
  return or_notice<Past>([&] { return read_past(database(), project, host_class); });
}

std::vector<std::string> History::not_passed_in_last_run(const std::string& project) const {
  return or_notice<std::vector<std::string>>([&] { return read_not_passed(database(), project); });
}

bool History::record(const RecordedRun& run) {
  SHARDER_ASSERT(!read_only_);
  return record_run(database(), run);
}

std::vector<std::string> History::take_notices() const {
  return std::exchange(notices_, {});
}

Database& History::database() const {
  if (!database_)
    throw DatabaseError(DatabaseError::Kind::other, fmt::format("{} was damaged", file_.string()));
  return *database_;
}

bool History::replace_if_damaged(const DatabaseError& error) const {
  if (error.kind() != DatabaseError::Kind::corrupted || read_only_) return false;
  // Closed first: SQLite removes its neighbours by name, and the name will be another file's.
  database_.reset();
  notices_.push_back(replace_damaged(file_, settings_, error));
  database_ = open_for_writing(file_, settings_);
  return true;
}

template <typename Answer, typename Question>
Answer History::or_notice(Question question) const {
  try {
    return question();
  } catch (const DatabaseError& error) {
    note(error);
  }
  return {};
}

void History::note(const DatabaseError& error) const {
  try {
    if (!replace_if_damaged(error))
      notices_.push_back(fmt::format("the history is not used: {}", error.what()));
  } catch (const Error& worse) {
    notices_.push_back(fmt::format("the history is damaged and cannot be replaced: {}", worse.what()));
  }
}

}  // namespace sharder
