// What `sharder history` prints, as text. Ids and causes come out of clones and files: they are made
// printable here.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sharder/history/questions.hpp"
#include "sharder/model/past.hpp"

namespace sharder {

/// The tests that are expected to take longest, at most so many, and what all of them take together.
std::string slowest_text(const Past& past, int most);
std::string flaky_text(const std::vector<Troubles>& tests, int most);
/// One test: what was learnt, and its attempts as they come.
std::string show_text(const std::string& id, const PastTest& test, const std::vector<PastAttempt>& attempts);
/// One attempt as a line of JSON, for other programs.
void append_export_line(std::string& text, const std::string& project, const PastAttempt& past);

}  // namespace sharder
