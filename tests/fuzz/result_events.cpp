#include "tests/fuzz/result_events.hpp"

#include <fmt/format.h>

#include <iterator>

#include "sharder/suites/limits.hpp"
#include "sharder/suites/line_splitter.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace sharder::fuzz {
namespace {

using Events = std::vector<ResultEvent>;

bool is_output(const ResultEvent& event) {
  return event.kind == ResultEvent::Kind::output;
}

Events joined(const Events& events) {
  Events result;
  for (const ResultEvent& event : events) {
    if (is_output(event) && !result.empty() && is_output(result.back()) && result.back().name == event.name)
      result.back().details += event.details;
    else
      result.push_back(event);
  }
  return result;
}

std::string to_text(const ResultEvent& event) {
  std::string text =
      fmt::format("{} <{}> {} <{}> <{}>{}\n", static_cast<int>(event.kind), event.name,
                  to_string(event.outcome), event.message, event.details, event.late ? " late" : "");
  for (const Case& one : event.cases)
    text += fmt::format("  <{}> {} <{}>\n", one.name, to_string(one.outcome), one.message);
  return text;
}

void append(Events& events, Events more) {
  events.insert(events.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
}

void check_event(const ResultEvent& event) {
  // What BoundedOutput and fmt put around a text.
  constexpr std::size_t slack = 4096;
  claim(is_output(event) || !event.name.empty(), "a test without a name started or ended");
  claim(event.message.size() <= line_limit_bytes + slack, "a message is longer than a line may be");
  claim(is_output(event) || event.details.size() <= details_limit_bytes + slack, "details are not bounded");
}

/// How the process ended, as a function of the input.
std::optional<int> exit_status_of(std::string_view input) {
  const std::size_t kind = random_of(input)() % 4;
  return kind == 3 ? std::nullopt : std::optional(static_cast<int>(kind / 2));
}

}  // namespace

std::string to_text(const Events& events) {
  std::string text;
  for (const ResultEvent& event : joined(events)) text += to_text(event);
  return text;
}

void check_results(const std::function<std::unique_ptr<ResultParser>()>& make, std::string_view input) {
  const std::optional<int> exit_status = exit_status_of(input);
  const auto whole_parser = make(), pieces_parser = make();
  Events whole = whole_parser->consume(input), pieces;
  append(whole, whole_parser->finish(exit_status));
  in_pieces(input, [&](std::string_view piece) { append(pieces, pieces_parser->consume(piece)); });
  append(pieces, pieces_parser->finish(exit_status));
  for (const ResultEvent& event : whole) check_event(event);
  claim(joined(whole).size() <= input.size() + 2, "more events than bytes");
  claim_equal(to_text(pieces), to_text(whole), "the same bytes in other pieces tell something else");
}

}  // namespace sharder::fuzz
