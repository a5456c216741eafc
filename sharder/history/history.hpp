// The history of a user's projects across runs, in one SQLite file: what each test took, how it ended, and
// what was learnt of it. Decides when a file can be used; whoever asks decides what follows from what it
// says.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sharder/history/recorded_run.hpp"
#include "sharder/model/past.hpp"

namespace sharder {

class Database;
class DatabaseError;

struct FileOwner {
  unsigned uid = 0, gid = 0;
};

struct HistorySettings {
  /// To whom files and directories that are created belong; empty: to whoever runs.
  std::optional<FileOwner> owner;
  /// How long another writer is waited for. A run of 100,000 tests is written in about a second.
  std::chrono::milliseconds patience{5000};
};

/// An open file with today's tables. Made by open_history(). What is asked beyond a run's needs is in
/// questions.hpp.
class History {
 public:
  History(std::filesystem::path file, HistorySettings settings, std::unique_ptr<Database> database,
          bool read_only);
  ~History();

  /// What is known of the project's tests on machines of this class; what only machines of other classes tell
  /// is scaled by their relative speed. Never throws: a file that cannot be read is an empty past and a
  /// notice.
  Past past(const std::string& project, const std::string& host_class) const;

  /// Ids whose last verdict is failed, flaky, lost or not-run; a run of a selection only touches the tests it
  /// had. Never throws, as above.
  std::vector<std::string> not_passed_in_last_run(const std::string& project) const;

  /// Adds a run in one transaction, and to the models what it teaches; of one that is there already, and went on since,
  /// what is new. False where nothing is: then nothing is changed. Throws DatabaseError; must not be called where
  /// read_only().
  bool record(const RecordedRun& run);

  /// What went wrong since the last call, each for a person to read.
  std::vector<std::string> take_notices() const;

  bool read_only() const { return read_only_; }
  const std::filesystem::path& file() const { return file_; }
  /// Throws DatabaseError where the file was damaged and could not be replaced.
  Database& database() const;

  /// Where the error says that the file is damaged: it is set aside, a new one is begun, a notice says so,
  /// and this is true. Throws Error where none can be begun.
  bool replace_if_damaged(const DatabaseError& error) const;

 private:
  template <typename Answer, typename Question>
  Answer or_notice(Question question) const;
  void note(const DatabaseError& error) const;

  std::filesystem::path file_;
  HistorySettings settings_;
  mutable std::unique_ptr<Database> database_;
  bool read_only_;
  mutable std::vector<std::string> notices_;
};

struct OpenedHistory {
  std::unique_ptr<History> history;  // null when none can be had
  std::vector<std::string> notices;  // each for a person to read
};

/// Opens the file, and makes it and its directories where they are missing. Never throws for a bad file: one
/// that is damaged is renamed to FILE.broken-YYYYMMDD-HHMMSS and begun anew, one that is locked or newer is
/// left alone and not used, one that is read-only is read.
OpenedHistory open_history(const std::filesystem::path& file, const HistorySettings& settings = {});

/// $XDG_STATE_HOME/sharder/history.db, else .local/state/sharder/history.db of `home`. The variable counts
/// only where it is an absolute path.
std::filesystem::path default_history_file(const std::map<std::string, std::string>& environment,
                                           const std::filesystem::path& home);

}  // namespace sharder
