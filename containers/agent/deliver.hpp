// What goes into a clone as files before an execution and comes out of it after: input files, the result
// file, collected files. Runs where the process ran, so that paths mean what they meant to it.
#pragma once

#include <string>

#include "containers/agent/messages.hpp"
#include "containers/agent/spawn.hpp"

namespace sharder::agent {

inline constexpr const char* files_directory = "/run/sharder";

/// Makes files_directory the person's and puts the Run's files there. "" or what went wrong.
std::string place_files(const wire::Run& run);
/// Removes them and the result file again, where the root outlives the execution.
void remove_files(const wire::Run& run);

/// Whether deliver() has anything to do; it may wait for the reader.
bool delivers(const wire::Run& run, const Streams& streams);
/// Copies the result file into the result stream and the files that `collect` names into theirs, framed as:
/// length of the path (4 bytes), path relative to the project, length (8 bytes), bytes. Where files did not fit the
/// bounds, the last frame has no path, and instead of a length their number.
void deliver(const wire::Run& run, const Streams& streams);

}  // namespace sharder::agent
