#include "tests/fuzz/listing_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <unordered_set>

#include "tests/fuzz/fuzz.hpp"

namespace sharder::fuzz {
namespace {

void check_test(const Test& test) {
  constexpr std::size_t longest_name = 16 << 10;
  claim(!test.name.empty(), "a test without a name");
  claim(test.name.size() <= longest_name, "a name without bounds", test.name);
  claim(test.name.find_first_of(std::string_view("\n\0", 2)) == std::string::npos, "a name of two lines",
        test.name);
  claim(test.cores >= 1 && test.cores <= 65536, "cores beyond bounds");
  claim(!test.timeout || (test.timeout->count() > 0 && std::isfinite(test.timeout->count())),
        "a timeout that is no time");
  claim(!test.cost || (*test.cost > 0 && std::isfinite(*test.cost)), "a cost that orders nothing");
  claim(test.directory.empty() || test.directory.starts_with('/'), "a directory that is not absolute",
        test.directory);
}

}  // namespace

std::string to_text(const Listing& listing) {
  std::string text;
  for (const Test& test : listing.tests)
    text += fmt::format("<{}> <{}> <{}> {} {} <{}> <{}>\n", test.name, fmt::join(test.command, "|"),
                        test.directory, test.timeout ? test.timeout->count() : 0, test.cores,
                        fmt::join(test.locks, "|"), fmt::join(test.tags, "|"));
  for (const std::string& problem : listing.problems) text += "problem: " + problem + "\n";
  for (const std::string& notice : listing.notices) text += "notice: " + notice + "\n";
  return text;
}

void check_listing(const Listing& listing) {
  constexpr std::size_t most_problems = 21, longest_problem = 1 << 16;
  std::unordered_set<std::string> names;
  for (const Test& test : listing.tests) {
    check_test(test);
    claim(names.insert(test.name).second, "a test is listed twice", test.name);
  }
  claim(listing.problems.size() <= most_problems, "a flood of problems");
  for (const std::string& problem : listing.problems)
    claim(problem.size() <= longest_problem, "a problem without bounds");
}

}  // namespace sharder::fuzz
