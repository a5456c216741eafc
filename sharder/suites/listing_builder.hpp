// Gathers what a listing tells, within bounds: no test twice, no id that could not be fed, no flood of
// problems.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "sharder/suites/framework.hpp"

namespace sharder {

class ListingBuilder {
 public:
  /// Half a million tests and more, ten times the largest suites that are known. In bytes, since what a list says of
  /// its tests may take more than they do.
  static constexpr std::size_t usual_most_bytes = std::size_t{512} << 20;

  explicit ListingBuilder(std::size_t most_bytes = usual_most_bytes) : most_bytes_(most_bytes) {}

  /// Takes the test unless its name is listed already (told in a notice), it cannot be one, or there are too many
  /// (told as a problem).
  void add(Test test);
  void add(std::string_view name);
  void problem(std::string text);
  void notice(std::string text);

  bool has_tests() const { return !listing_.tests.empty(); }
  /// What was taken; all but the names may be changed.
  std::vector<Test>& tests() { return listing_.tests; }
  Listing finish();

 private:
  void refuse_more();

  std::size_t most_bytes_;
  Listing listing_;
  std::unordered_set<std::string> names_;
  std::size_t bytes_ = 0;  // that the tests take
  bool full_ = false;
  std::size_t problems_left_out_ = 0;
  std::size_t duplicates_ = 0;
  std::string first_duplicate_;
};

}  // namespace sharder
