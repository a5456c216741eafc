// Runs as a merge takes them: each by itself, whether its journal is its own or that of an earlier merge. Pure.
//
// A merged journal keeps all that a merge needs of the runs in it, so taking it apart and merging again loses nothing:
// that is why a merge of merges is the merge of their runs, and why a part that was missing can be added later.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sharder/model/event.hpp"

namespace sharder {

/// Where the files of a run are.
struct RunFiles {
  std::filesystem::path journal;    // as the user named it, for messages
  std::filesystem::path directory;  // whose logs/ has its output; empty: there is none
  std::filesystem::path artifacts;
  /// By test: how many attempts of other runs are numbered before this one's in `directory`.
  std::map<std::string, int> attempts_before;
};

struct SourceRun {
  RunStarted started;  // the last, where the run went on
  std::string division;
  std::chrono::system_clock::time_point begun, ended;
  std::optional<RunFinished> finished;             // nothing: it was killed, or goes on
  std::vector<std::shared_ptr<const Test>> tests;  // in the alphabetical order of their ids
  /// What happened between list and end, in order: each attempt once, the last verdict on each test. TestIndex is into
  /// `tests`.
  std::vector<Event> events;
  std::vector<RunFiles> files;  // several where the run was given more than once
};

/// Of a journal's events. Throws ConfigError for what is no journal of a run.
std::vector<SourceRun> sources_of(std::vector<Event> events, const RunFiles& files);

/// "run 20261122-120000-abcd (part 2 of 3)", for messages.
std::string described(const SourceRun& source);

}  // namespace sharder
