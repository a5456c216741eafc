// Standard output of a GoogleTest program. Claims: those of check_results, and only tests that were asked for
// are told of, each with one result that is not late.
#include <map>

#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/result_events.hpp"

namespace {

const std::vector<std::string> names{
    "Plain.Passes", "Plain.FailsTwice", "Plain.Skips", "Plain.PrintsWithoutLineEnd", "A.b", "A.bc", "T/A.b/0"};

void check_names(const std::vector<sharder::ResultEvent>& events, std::map<std::string, int>& results) {
  for (const sharder::ResultEvent& event : events) {
    sharder::fuzz::claim(std::find(names.begin(), names.end(), event.name) != names.end(),
                         "a test that nobody asked for", event.name);
    if (event.kind == sharder::ResultEvent::Kind::finished && !event.late)
      sharder::fuzz::claim(++results[event.name] == 1, "two results of one test", event.name);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = sharder::fuzz::text_of(data, size);
  const auto make = [] { return sharder::make_gtest_parser(names); };
  sharder::fuzz::check_results(make, input);
  const auto parser = make();
  std::map<std::string, int> results;
  check_names(parser->consume(input), results);
  check_names(parser->finish(1), results);
  return 0;
}
