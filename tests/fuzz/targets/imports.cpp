// Results of other runners for the history: JUnit, CTRF, subunit, by their first byte. Claims: something is told or
// refused; every test has a name and an attempt; durations are times.
#include <cmath>

#include "sharder/history/imports/imported_file.hpp"
#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sharder::fuzz::claim;
  const std::string_view input = sharder::fuzz::text_of(data, size);
  const sharder::ImportedFile file = input.starts_with('<')   ? sharder::read_junit(input)
                                     : input.starts_with('{') ? sharder::read_ctrf(input)
                                                              : sharder::read_subunit(input);
  claim(!file.format.empty(), "no format");
  claim(file.refusal.empty() || file.tests.empty(), "refused, and taken all the same");
  claim(file.tests.size() + file.passed_over <= size, "more tests than bytes");
  for (const sharder::ImportedTest& test : file.tests) {
    claim(!test.name.name.empty() && !test.attempts.empty(), "a test without a name or an attempt");
    for (const sharder::RecordedAttempt& attempt : test.attempts)
      claim(!attempt.duration || (attempt.duration->count() >= 0 && std::isfinite(attempt.duration->count())),
            "a duration that is no time");
  }
  return 0;
}
