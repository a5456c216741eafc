// Which files below a directory a pattern names: `*`, `?` and `[...]` stop at a slash, `**` crosses it.
#pragma once

#include <string>
#include <vector>

namespace sharder::agent {

/// Regular files, absolute and sorted. `pattern` is relative to `root` unless absolute. Directory links are
/// not followed, except where the pattern spells them out; ".git" is skipped.
std::vector<std::string> glob(const std::string& root, const std::string& pattern);

/// `/.agent glob PATTERN...`: prints the matches of all patterns, each once, ended by NUL.
int glob_main(int count, char** patterns);

}  // namespace sharder::agent
