// The history's file on disk: made, found unfit, set aside. Knows SQLite's neighbours of the file (-wal,
// -shm), not its tables.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sharder/history/database.hpp"
#include "sharder/history/history.hpp"

namespace sharder {

/// Creates an empty file, and the directories above it, unless it is there. Throws SystemError.
void create_history_file(const std::filesystem::path& file, const HistorySettings& settings);

/// Whether it can only be read: by its permissions or its owner's wish (no write bit at all, which stops
/// root, too), by its directory's, or by the file system's.
bool is_read_only(const std::filesystem::path& file);

/// A connection that can write, with today's tables. Throws DatabaseError.
std::unique_ptr<Database> open_for_writing(const std::filesystem::path& file,
                                           const HistorySettings& settings);

/// A connection that leaves no trace beside the file. Throws DatabaseError.
std::unique_ptr<Database> open_for_reading(const std::filesystem::path& file,
                                           const HistorySettings& settings);

/// Renames a damaged file to FILE.broken-YYYYMMDD-HHMMSS, its neighbours with it, and creates an empty one.
/// Returns what a person should know of that. Throws SystemError.
std::string replace_damaged(const std::filesystem::path& file, const HistorySettings& settings,
                            const DatabaseError& error);

}  // namespace sharder
