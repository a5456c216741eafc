#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <pugixml.hpp>

#include "sharder/history/imports/imported_file.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// "0.012", "1,234.5" (Surefire's thousands), "0,012" (a locale that leaked).
std::optional<Seconds> parse_seconds(std::string text) {
  const bool has_point = text.find('.') != std::string::npos;
  text = replace_all(std::move(text), ",", has_point ? "" : ".");
  char* end = nullptr;
  const double seconds = std::strtod(text.c_str(), &end);
  const bool is_span = seconds >= 0 && Seconds(seconds) <= longest_duration;  // false for "nan"
  if (text.empty() || end != text.c_str() + text.size() || !is_span)
    return std::nullopt;
  return Seconds(seconds);
}

RecordedAttempt attempt_of(Outcome outcome, std::optional<Seconds> duration) {
  RecordedAttempt attempt;
  attempt.outcome = outcome;
  attempt.duration = duration;
  return attempt;
}

/// A test case that was only listed: CTest's disabled, GoogleTest's suppressed.
bool was_not_run(const pugi::xml_node& node) {
  const std::string_view status = node.attribute("status").value(), result = node.attribute("result").value();
  return status == "disabled" || result == "suppressed" || (status == "notrun" && !node.child("skipped"));
}

Outcome outcome_of(const pugi::xml_node& node) {
  if (node.child("failure") || node.child("error")) return Outcome::failed;
  const pugi::xml_node skipped = node.child("skipped");
  if (!skipped) return Outcome::passed;
  return std::strcmp(skipped.attribute("type").value(), "pytest.xfail") == 0 ? Outcome::expected_failure
                                                                             : Outcome::skipped;
}

/// The attempts that Surefire tells beside the main one: before a pass (flaky...), after a failure
/// (rerun...).
std::vector<RecordedAttempt> other_attempts(const pugi::xml_node& node, std::string_view prefix) {
  std::vector<RecordedAttempt> attempts;
  for (const pugi::xml_node& child : node.children()) {
    const std::string_view kind = child.name();
    if (kind.starts_with(prefix) && (kind.ends_with("Failure") || kind.ends_with("Error")))
      attempts.push_back(attempt_of(Outcome::failed, parse_seconds(child.attribute("time").value())));
  }
  return attempts;
}

class JunitReader {
 public:
  ImportedFile read(std::string_view text) {
    file_.format = "JUnit";
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
    if (!parsed) {
      file_.refusal = broken_at(text, parsed);
      return std::move(file_);
    }
    walk(document);
    if (file_.tests.empty() && !suites_)
      file_.refusal = "it has neither test suites nor test cases: it is no JUnit report";
    return std::move(file_);
  }

 private:
  static std::string broken_at(std::string_view text, const pugi::xml_parse_result& parsed) {
    const std::string_view before =
        text.substr(0, std::min(text.size(), static_cast<std::size_t>(parsed.offset)));
    return fmt::format("line {}: the XML is broken: {}", 1 + std::count(before.begin(), before.end(), '\n'),
                       replace_all(parsed.description(), "Error parsing", "while reading"));
  }

  /// Without recursion: a file may be nested as deeply as it is long.
  void walk(const pugi::xml_document& document) {
    pugi::xml_node node = document.first_child();
    while (node) {
      const bool is_case = std::strcmp(node.name(), "testcase") == 0;
      if (is_case)
        take_case(node);
      else
        look_at(node);
      if (!is_case && node.first_child()) {
        node = node.first_child();
        continue;
      }
      while (node && !node.next_sibling()) node = node.parent();
      node = node.next_sibling();
    }
  }

  void look_at(const pugi::xml_node& node) {
    const std::string_view kind = node.name();
    suites_ = suites_ || kind == "testsuite" || kind == "testsuites";
    if (!file_.started && kind.starts_with("testsuite"))
      file_.started = parse_timestamp(node.attribute("timestamp").value());
    if (kind == "property" && std::strcmp(node.attribute("name").value(), "sharder.run") == 0)
      file_.run_id = node.attribute("value").value();
  }

  void take_case(const pugi::xml_node& node) {
    ImportedTest test;
    test.name = {node.attribute("name").value(), node.attribute("classname").value(),
                 node.attribute("file").value()};
    if (test.name.name.empty()) {
      ++file_.passed_over;
      return;
    }
    if (was_not_run(node)) return;
    const auto main = attempt_of(outcome_of(node), parse_seconds(node.attribute("time").value()));
    test.attempts = other_attempts(node, "flaky");
    test.attempts.push_back(main);
    for (const RecordedAttempt& rerun : other_attempts(node, "rerun")) test.attempts.push_back(rerun);
    file_.tests.push_back(std::move(test));
  }

  ImportedFile file_;
  bool suites_ = false;
};

}  // namespace

ImportedFile read_junit(std::string_view text) {
  return JunitReader().read(text);
}

}  // namespace sharder
