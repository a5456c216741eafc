#include "sharder/suites/listing_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// Ids travel on command lines and in file names of logs; a longer one is a program that prints something
/// else.
constexpr std::size_t longest_name_bytes = 16 << 10;
constexpr std::size_t most_problems = 20;

std::string shown(std::string_view name) {
  constexpr std::size_t enough = 120;
  return printable(name.substr(0, enough)) + (name.size() > enough ? "..." : "");
}

/// Why `name` cannot be a test's name, or null.
const char* fault_of(std::string_view name) {
  if (name.empty()) return "an empty id";
  if (name.size() > longest_name_bytes) return "an id of more than 16 KiB";
  if (std::any_of(name.begin(), name.end(), [](char c) { return c == '\n' || c == '\0'; }))
    return "an id with a line end or a NUL in it";
  return nullptr;
}

std::size_t weight_of(const std::string& text) { return sizeof text + text.size(); }

std::size_t weight_of(const std::vector<std::string>& texts) {
  std::size_t bytes = 0;
  for (const std::string& text : texts) bytes += weight_of(text);
  return bytes;
}

/// What a test takes, its name among the names included.
std::size_t weight_of(const Test& test) {
  std::size_t bytes = sizeof test + 2 * weight_of(test.name) + weight_of(test.directory) + weight_of(test.group);
  for (const auto& [name, value] : test.environment) bytes += weight_of(name) + weight_of(value);
  const ExitRules& rules = test.exit_rules;
  for (const auto* texts : {&test.command, &test.locks, &test.tags, &test.fixtures_required, &test.fixtures_setup,
                            &test.fixtures_cleanup, &test.depends, &test.required_files, &rules.pass_expressions,
                            &rules.fail_expressions, &rules.skip_expressions})
    bytes += weight_of(*texts);
  return bytes;
}

}  // namespace

void ListingBuilder::add(Test test) {
  if (const char* fault = fault_of(test.name))
    return problem(fmt::format("{}: \"{}\"", fault, shown(test.name)));
  if (full_ || bytes_ + weight_of(test) > most_bytes_) return refuse_more();
  if (!names_.insert(test.name).second) {
    if (duplicates_++ == 0) first_duplicate_ = test.name;
    return;
  }
  bytes_ += weight_of(test);
  listing_.tests.push_back(std::move(test));
}

/// Told once: what follows could go on for long.
void ListingBuilder::refuse_more() {
  if (!full_)
    problem(
        fmt::format("the first {} tests take {} of memory, which is the most that is read: list fewer at a time, in "
                    "runs of their own",
                    listing_.tests.size(), format_size(most_bytes_)));
  full_ = true;
}

void ListingBuilder::add(std::string_view name) {
  Test test;
  test.name = name;
  add(std::move(test));
}

void ListingBuilder::problem(std::string text) {
  if (listing_.problems.size() < most_problems)
    listing_.problems.push_back(std::move(text));
  else
    ++problems_left_out_;
}

void ListingBuilder::notice(std::string text) {
  listing_.notices.push_back(std::move(text));
}

Listing ListingBuilder::finish() {
  if (duplicates_ > 0)
    notice(fmt::format("{} listed twice were dropped, the first is \"{}\"",
                       duplicates_ == 1 ? "1 id" : fmt::format("{} ids", duplicates_),
                       shown(first_duplicate_)));
  if (problems_left_out_ > 0) listing_.problems.push_back(fmt::format("... and {} more", problems_left_out_));
  return std::exchange(listing_, {});
}

}  // namespace sharder
