#include <fmt/format.h>

#include "sharder/history/history.hpp"
#include "sharder/history/history_file.hpp"
#include "sharder/history/schema.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

/// Why a file that SQLite can open is not used, "" where it is.
std::string objection(Database& database, const fs::path& file, bool read_only) {
  switch (schema_state(database)) {
    case SchemaState::usable:
      return {};
    case SchemaState::foreign:
      return fmt::format("{} is a database of another program: it is not used as the history", file.string());
    case SchemaState::newer:
      return fmt::format(
          "the history {} was written by a newer sharder (version {} of its tables, this one knows {}): "
          "it is not used",
          file.string(), database.number("PRAGMA user_version"), newest_schema);
    case SchemaState::older:
      break;
  }
  // Opened for writing it would have been brought up to date.
  return read_only ? fmt::format("the history {} is of an older sharder and read-only: it is not used",
                                 file.string())
                   : "";
}

std::string refusal(const DatabaseError& error, const fs::path& file) {
  if (error.kind() == DatabaseError::Kind::locked)
    return fmt::format("the history {} is locked by another program: it is not used", file.string());
  return fmt::format("there is no history: {}", error.what());
}

OpenedHistory open_once(const fs::path& file, const HistorySettings& settings) {
  OpenedHistory opened;
  const bool read_only = is_read_only(file);
  auto database = read_only ? open_for_reading(file, settings) : open_for_writing(file, settings);
  if (std::string why = objection(*database, file, read_only); !why.empty()) {
    opened.notices.push_back(std::move(why));
    return opened;
  }
  if (read_only)
    opened.notices.push_back(
        fmt::format("the history {} is read-only: it is read, nothing is recorded", file.string()));
  opened.history = std::make_unique<History>(file, settings, std::move(database), read_only);
  return opened;
}

/// Opens the file, and once more after it was found damaged and set aside.
OpenedHistory open_or_replace(const fs::path& file, const HistorySettings& settings) {
  try {
    return open_once(file, settings);
  } catch (const DatabaseError& error) {
    if (error.kind() != DatabaseError::Kind::corrupted || is_read_only(file))
      return {nullptr, {refusal(error, file)}};
    std::string notice = replace_damaged(file, settings, error);
    OpenedHistory opened = open_once(file, settings);
    opened.notices.insert(opened.notices.begin(), std::move(notice));
    return opened;
  }
}

}  // namespace

OpenedHistory open_history(const fs::path& file, const HistorySettings& settings) {
  try {
    create_history_file(file, settings);
    std::error_code unreachable;
    if (!fs::is_regular_file(file, unreachable))
      return {nullptr, {fmt::format("there is no history: {} is no file", file.string())}};
    return open_or_replace(file, settings);
  } catch (const DatabaseError& error) {
    return {nullptr, {refusal(error, file)}};
  } catch (const SystemError& error) {
    return {nullptr, {fmt::format("there is no history: {}", error.what())}};
  }
}

fs::path default_history_file(const std::map<std::string, std::string>& environment, const fs::path& home) {
  const auto state = environment.find("XDG_STATE_HOME");
  // The base directory specification passes over relative paths.
  const bool usable = state != environment.end() && fs::path(state->second).is_absolute();
  return (usable ? fs::path(state->second) : home / ".local/state") / "sharder/history.db";
}

}  // namespace sharder
