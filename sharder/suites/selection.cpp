#include "sharder/suites/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "sharder/config/pattern.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// The patterns that no test has matched, as they were typed.
class PatternUse {
 public:
  PatternUse(const std::vector<std::string>& texts, const std::vector<Pattern>& patterns)
      : texts_(texts), patterns_(patterns), used_(patterns.size(), false) {}

  void note(const Test& test) {
    for (std::size_t i = 0; i < patterns_.size(); ++i) used_[i] = used_[i] || patterns_[i].matches(test);
  }
  std::vector<std::string> unused() const {
    std::vector<std::string> unused;
    for (std::size_t i = 0; i < patterns_.size(); ++i)
      if (!used_[i] && !patterns_[i].excludes()) unused.push_back(texts_[i]);
    return unused;
  }

 private:
  const std::vector<std::string>& texts_;
  const std::vector<Pattern>& patterns_;
  std::vector<bool> used_;
};

bool in_suites(const Test& test, const std::vector<std::string>& suites) {
  return suites.empty() || std::find(suites.begin(), suites.end(), test.suite) != suites.end();
}

/// A list of ids that a person can read in an error.
constexpr std::size_t most_named = 10;
/// Suggestions compare with every test; for more tests than that they would be felt.
constexpr std::size_t most_candidates = 20'000;

std::string suggestion(const std::string& word, const std::vector<std::string>& ids) {
  const std::string near = ids.size() <= most_candidates ? nearest(word, ids) : std::string{};
  return near.empty() ? std::string{} : fmt::format(" (did you mean \"{}\"?)", printable(near));
}

std::vector<std::string> ids_of(const std::vector<Test>& tests) {
  std::vector<std::string> ids;
  for (const Test& test : tests) ids.push_back(test.id);
  return ids;
}

std::vector<Test> pick(std::vector<Test> tests, std::string_view load_list) {
  std::unordered_map<std::string, std::size_t> position;
  for (std::size_t i = 0; i < tests.size(); ++i) position.emplace(tests[i].id, i);
  std::vector<std::size_t> picked;
  std::vector<std::string> unknown;
  std::unordered_set<std::size_t> seen;
  for (const std::string& id : split_lines(load_list)) {
    if (trim(id).empty()) continue;
    const auto found = position.find(id);
    if (found == position.end())
      unknown.push_back(id);
    else if (seen.insert(found->second).second)
      picked.push_back(found->second);
  }
  if (!unknown.empty()) {
    const std::vector<std::string> ids = ids_of(tests);
    std::string text = fmt::format("the load list names {} that no suite lists:",
                                   unknown.size() == 1 ? "an id" : fmt::format("{} ids", unknown.size()));
    for (std::size_t i = 0; i < std::min(unknown.size(), most_named); ++i)
      text += "\n  " + printable(unknown[i]) + suggestion(unknown[i], ids);
    if (unknown.size() > most_named) text += fmt::format("\n  ... and {} more", unknown.size() - most_named);
    throw UsageError(text, "`sharder list` prints the ids");
  }
  std::vector<Test> result;
  for (const std::size_t index : picked) result.push_back(std::move(tests[index]));
  return result;
}

}  // namespace

Selection select_tests(std::vector<Test> tests, const SelectionConfig& selection,
                       std::string_view load_list) {
  std::vector<Pattern> patterns;
  for (const std::string& text : selection.patterns) patterns.emplace_back(text, selection.exact);
  PatternUse use(selection.patterns, patterns);
  if (selection.load_list) tests = pick(std::move(tests), load_list);
  std::vector<std::string> ids;
  Selection result;
  for (Test& test : tests) {
    if (!in_suites(test, selection.suites)) continue;
    ids.push_back(test.id);
    use.note(test);
    if (selects(patterns, test)) result.tests.push_back(std::move(test));
  }
  for (const std::string& pattern : use.unused())
    result.notices.push_back("no test matches \"" + printable(pattern) + "\"" + suggestion(pattern, ids));
  return result;
}

}  // namespace sharder
