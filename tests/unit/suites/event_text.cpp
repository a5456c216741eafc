#include "tests/unit/suites/event_text.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sharder/support/files.hpp"

namespace sharder {
namespace {

/// How output is cut into events depends on how the stream comes; what it says does not.
std::vector<ResultEvent> with_joined_output(const std::vector<ResultEvent>& events) {
  std::vector<ResultEvent> joined;
  for (const ResultEvent& event : events) {
    const bool output = event.kind == ResultEvent::Kind::output;
    if (output && !joined.empty() && joined.back().kind == event.kind && joined.back().name == event.name)
      joined.back().details += event.details;
    else
      joined.push_back(event);
  }
  return joined;
}

void append(std::vector<ResultEvent>& all, std::vector<ResultEvent> more) {
  all.insert(all.end(), more.begin(), more.end());
}

std::string of(const ResultEvent& event) {
  return event.name.empty() ? "" : " of " + event.name;
}

std::string details_of(const std::vector<ResultEvent>& events) {
  std::string text;
  for (const ResultEvent& event : with_joined_output(events)) text += event.details + "\n--\n";
  return text;
}

}  // namespace

std::string text_of(const std::vector<ResultEvent>& events) {
  std::string text;
  for (const ResultEvent& event : with_joined_output(events)) {
    if (event.kind == ResultEvent::Kind::started) text += fmt::format("started {}\n", event.name);
    if (event.kind == ResultEvent::Kind::output)
      text += fmt::format("output {} bytes{}\n", event.details.size(), of(event));
    if (event.kind != ResultEvent::Kind::finished) continue;
    text += fmt::format("finished {} {}{}", event.name, to_string(event.outcome), event.late ? " late" : "");
    text += event.message.empty() ? "\n" : fmt::format(" [{}]\n", event.message);
    for (const Case& each : event.cases)
      text += fmt::format("  {} {}{}\n", each.name, to_string(each.outcome),
                          each.message.empty() ? "" : " [" + each.message + "]");
  }
  return text;
}

std::vector<ResultEvent> events_of(const MakeParser& make, std::string_view stream,
                                   std::optional<int> exit_status) {
  const auto whole = make();
  std::vector<ResultEvent> events = whole->consume(stream);
  append(events, whole->finish(exit_status));
  const auto bytewise = make();
  std::vector<ResultEvent> pieces;
  for (const char byte : stream) append(pieces, bytewise->consume(std::string_view(&byte, 1)));
  append(pieces, bytewise->finish(exit_status));
  EXPECT_EQ(text_of(events), text_of(pieces));
  EXPECT_EQ(details_of(events), details_of(pieces));
  return events;
}

std::string text_of_run(const MakeParser& make, std::string_view stream, std::optional<int> exit_status) {
  return text_of(events_of(make, stream, exit_status));
}

std::string suite_data(const std::string& name) {
  return read_file(std::string(SHARDER_TEST_DATA) + "/unit/suites/data/" + name);
}

}  // namespace sharder
