// Which files below a directory a pattern names: `*`, `?` and `[...]` stop at a slash, `**` crosses it.
#pragma once

#include <string>
#include <vector>

namespace sharder::agent {

/// What becomes of links to directories that the pattern spells out, and of links to files. Links to directories that
/// a wild card meets are never followed.
enum class Links { followed, passed_over };

/// Regular files, absolute and sorted. `pattern` is relative to `root` unless absolute; ".git" is skipped.
std::vector<std::string> glob(const std::string& root, const std::string& pattern, Links links = Links::followed);

/// `/.agent glob PATTERN...`: prints the matches of all patterns, each once, ended by NUL.
int glob_main(int count, char** patterns);

}  // namespace sharder::agent
