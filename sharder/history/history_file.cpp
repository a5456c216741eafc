#include "sharder/history/history_file.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "sharder/history/schema.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error);
}

void create_directories(const fs::path& directory, const HistorySettings& settings) {
  if (directory.empty() || is_there(directory)) return;
  create_directories(directory.parent_path(), settings);
  // 0700 is what the XDG base directory specification asks for.
  if (::mkdir(directory.c_str(), 0700) != 0) {
    if (errno == EEXIST) return;
    throw SystemError("make the directory " + directory.string(), errno);
  }
  if (settings.owner && ::lchown(directory.c_str(), settings.owner->uid, settings.owner->gid) != 0)
    throw SystemError("give away the directory " + directory.string(), errno);
}

fs::path with_suffix(const fs::path& file, const std::string& suffix) {
  return file.string() + suffix;
}

/// Renames the file and its neighbours. Returns the new name.
fs::path set_aside(const fs::path& file) {
  const std::string stem =
      fmt::format("{}.broken-{:%Y%m%d-%H%M%S}", file.string(), fmt::gmtime(std::time(nullptr)));
  fs::path aside = stem;
  for (int copy = 2; is_there(aside); ++copy) aside = fmt::format("{}-{}", stem, copy);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const fs::path old_name = with_suffix(file, suffix);
    if (is_there(old_name) && ::rename(old_name.c_str(), with_suffix(aside, suffix).c_str()) != 0)
      throw SystemError("rename " + old_name.string(), errno);
  }
  return aside;
}

bool is_empty_or_missing(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error || size == 0;
}

/// A write-ahead log lets a run be recorded while others read. Some network file systems cannot do it: then
/// the history works all the same, one at a time.
void use_write_ahead_log(Database& database) {
  try {
    database.number("PRAGMA journal_mode = WAL");
  } catch (const DatabaseError& error) {
    // Somebody else has just opened the file and is doing the same.
    if (error.kind() != DatabaseError::Kind::locked) throw;
  }
}

}  // namespace

void create_history_file(const fs::path& file, const HistorySettings& settings) {
  create_directories(fs::absolute(file).parent_path(), settings);
  const UniqueFd created(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!created) {
    if (errno == EEXIST) return;
    throw SystemError("create " + file.string(), errno);
  }
  // SQLite gives its files beside this one the owner that this one has.
  if (settings.owner && ::fchown(created.get(), settings.owner->uid, settings.owner->gid) != 0)
    throw SystemError("give away " + file.string(), errno);
}

bool is_read_only(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return false;
  if ((status.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0) return true;
  return ::access(file.c_str(), W_OK) != 0 || ::access(fs::absolute(file).parent_path().c_str(), W_OK) != 0;
}

std::unique_ptr<Database> open_for_writing(const fs::path& file, const HistorySettings& settings) {
  auto database = std::make_unique<Database>(file, Database::Access::read_write,
                                             static_cast<int>(settings.patience.count()));
  // The file may come from anywhere: nothing that its tables say is to be run.
  database->execute("PRAGMA trusted_schema = OFF; PRAGMA synchronous = NORMAL");
  const SchemaState state = schema_state(*database);
  if (state == SchemaState::older) migrate(*database);
  if (state == SchemaState::older || state == SchemaState::usable) use_write_ahead_log(*database);
  return database;
}

std::unique_ptr<Database> open_for_reading(const fs::path& file, const HistorySettings& settings) {
  const bool settled = is_empty_or_missing(with_suffix(file, "-wal"));
  auto database =
      std::make_unique<Database>(file, settled ? Database::Access::immutable : Database::Access::read_only,
                                 static_cast<int>(settings.patience.count()));
  database->execute("PRAGMA trusted_schema = OFF");
  return database;
}

std::string replace_damaged(const fs::path& file, const HistorySettings& settings,
                            const DatabaseError& error) {
  const fs::path aside = set_aside(file);
  create_history_file(file, settings);
  return fmt::format("the history is damaged ({}): it is kept as {}, and a new one is begun", error.what(),
                     aside.filename().string());
}

}  // namespace sharder
