// Gathers what a listing tells, within bounds: no test twice, no id that could not be fed, no flood of
// problems.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>

#include "sharder/suites/framework.hpp"

namespace sharder {

class ListingBuilder {
 public:
  /// Takes the test unless its name is listed already (told in a notice) or cannot be one (told as a
  /// problem).
  void add(Test test);
  void add(std::string_view name);
  void problem(std::string text);
  void notice(std::string text);

  bool has_tests() const { return !listing_.tests.empty(); }
  Listing finish();

 private:
  Listing listing_;
  std::unordered_set<std::string> names_;
  std::size_t problems_left_out_ = 0;
  std::size_t duplicates_ = 0;
  std::string first_duplicate_;
};

}  // namespace sharder
