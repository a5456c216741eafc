#include "sharder/report/formats/junit.hpp"

#include <fmt/format.h>

#include <iterator>
#include <map>

#include "sharder/report/timestamp.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using TestRecord = RunRecord::TestRecord;
using Attempt = RunRecord::Attempt;

/// A failure says that the test judged, an error that it could not.
bool is_error(Outcome outcome) {
  return outcome != Outcome::failed && outcome != Outcome::unexpected_success;
}

const Attempt* first_failing(const TestRecord& test) {
  for (const Attempt& attempt : test.attempts)
    if (is_failure(attempt.record.outcome)) return &attempt;
  return nullptr;
}

struct SuiteCounts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  Seconds time{0};

  void add(const TestRecord& test) {
    ++tests;
    if (const Attempt* decisive = test.decisive()) time += decisive->record.duration;
    const Attempt* failing = first_failing(test);
    switch (test.judged()) {
      case Verdict::failed:
        ++(failing != nullptr && !is_error(failing->record.outcome) ? failures : errors);
        break;
      case Verdict::lost:
        ++errors;
        break;
      case Verdict::skipped:
      case Verdict::not_run:
        ++skipped;
        break;
      case Verdict::passed:
      case Verdict::flaky:
        break;
    }
  }

  std::string attributes() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3f}")", tests, failures,
                       errors, skipped, time.count());
  }
};

/// For an attribute: readers turn a bare newline or tab there into a blank.
std::string attribute(std::string_view bytes) {
  return replace_all(replace_all(xml_escape(bytes), "\n", "&#10;"), "\t", "&#9;");
}

class Writer {
 public:
  explicit Writer(const RunRecord& record) : record_(record) {}

  std::string write() {
    SuiteCounts all;
    for (const TestRecord& test : record_.tests()) {
      all.add(test);
      suites_[test.test->suite].push_back(&test);
    }
    put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" {}>\n",
        attribute(record_.run().project), all.attributes());
    for (const auto& [name, tests] : suites_) suite(name, tests);
    put("</testsuites>\n");
    return std::move(text_);
  }

 private:
  template <typename... Arguments>
  void put(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  void suite(const std::string& name, const std::vector<const TestRecord*>& tests) {
    SuiteCounts counts;
    for (const TestRecord* test : tests) counts.add(*test);
    // Surefire's own form has no fraction and no zone.
    const std::string start = iso_time(record_.started_at()).substr(0, 19);
    put("  <testsuite name=\"{}\" {} timestamp=\"{}\" hostname=\"{}\">\n", attribute(name),
        counts.attributes(), start, attribute(record_.run().host));
    put("    <properties>\n");
    property("sharder.run", record_.run().run_id);
    property("sharder.seed", std::to_string(record_.run().seed));
    property("sharder.base", record_.run().base);
    if (record_.run().parts > 0)
      property("sharder.part", fmt::format("{}/{}", record_.run().part, record_.run().parts));
    for (const RunMerged& run : record_.merged()) property("sharder.merged", run.started.run_id);
    if (record_.divided()) property("sharder.division", record_.divided()->division);
    put("    </properties>\n");
    for (const TestRecord* test : tests) testcase(*test);
    put("  </testsuite>\n");
  }

  void property(std::string_view name, const std::string& value) {
    put("      <property name=\"{}\" value=\"{}\"/>\n", name, attribute(value));
  }

  void testcase(const TestRecord& test) {
    const Attempt* decisive = test.decisive();
    const std::string& program = test.test->program;
    const std::string classname = program.empty() ? test.test->suite : test.test->suite + "/" + program;
    put("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", attribute(classname),
        attribute(test.test->name), decisive == nullptr ? 0 : decisive->record.duration.count());
    const std::size_t before = text_.size();
    put(">\n");
    const std::size_t empty = text_.size();
    contents(test, decisive);
    if (text_.size() == empty) {
      text_.resize(before);
      put("/>\n");
    } else {
      put("    </testcase>\n");
    }
  }

  void contents(const TestRecord& test, const Attempt* decisive) {
    switch (test.judged()) {
      case Verdict::passed:
        return;
      case Verdict::flaky:
        return reruns(test, nullptr, "flaky");
      case Verdict::failed:
        return failed(test);
      case Verdict::skipped:
        return skipped(decisive == nullptr ? "disabled" : decisive->record.message);
      case Verdict::not_run:
        return skipped("not run: " + (record_.draining().empty() ? "the run ended" : record_.draining()));
      case Verdict::lost:
        break;
    }
    const std::string why = decisive == nullptr ? "no verdict" : decisive->record.message;
    put("      <error message=\"{}\" type=\"lost\"/>\n", attribute(why));
  }

  void skipped(const std::string& why) { put("      <skipped message=\"{}\"/>\n", attribute(why)); }

  /// The schema wants failures before errors, each followed by those of its reruns.
  void failed(const TestRecord& test) {
    const Attempt* first = first_failing(test);
    if (first == nullptr) return put("      <error message=\"failed\" type=\"failed\"/>\n");
    const bool error = is_error(first->record.outcome);
    if (!error) main_element("failure", *first);
    rerun_elements(test, first, "rerun", false);
    if (error) main_element("error", *first);
    rerun_elements(test, first, "rerun", true);
    if (!first->record.output.empty())
      put("      <system-out>{}</system-out>\n", xml_escape(first->record.output));
  }

  void reruns(const TestRecord& test, const Attempt* without, std::string_view prefix) {
    rerun_elements(test, without, prefix, false);
    rerun_elements(test, without, prefix, true);
  }

  void rerun_elements(const TestRecord& test, const Attempt* without, std::string_view prefix, bool errors) {
    for (const Attempt& attempt : test.attempts) {
      if (&attempt == without || !is_failure(attempt.record.outcome) ||
          is_error(attempt.record.outcome) != errors)
        continue;
      const std::string element = fmt::format("{}{}", prefix, errors ? "Error" : "Failure");
      put("      <{} {}>\n        <stackTrace>{}</stackTrace>\n", element, reason(attempt),
          xml_escape(attempt.record.details));
      if (!attempt.record.output.empty())
        put("        <system-out>{}</system-out>\n", xml_escape(attempt.record.output));
      put("      </{}>\n", element);
    }
  }

  void main_element(std::string_view element, const Attempt& attempt) {
    // Many readers show this element alone: where the framework told nothing, what was printed tells why.
    const std::string& told = attempt.record.details.empty() ? attempt.record.output : attempt.record.details;
    put("      <{} {}>{}</{}>\n", element, reason(attempt), xml_escape(told), element);
  }

  static std::string reason(const Attempt& attempt) {
    return fmt::format("message=\"{}\" type=\"{}\"", attribute(attempt.record.message),
                       to_string(attempt.record.outcome));
  }

  const RunRecord& record_;
  std::map<std::string, std::vector<const TestRecord*>> suites_;
  std::string text_;
};

}  // namespace

std::string xml_escape(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  const std::string valid = replace_all(replace_all(valid_utf8(bytes), "\xEF\xBF\xBE", "\xEF\xBF\xBD"),
                                        "\xEF\xBF\xBF", "\xEF\xBF\xBD");
  for (const char c : valid) {
    switch (c) {
      case '&':
        text += "&amp;";
        continue;
      case '<':
        text += "&lt;";
        continue;
      case '>':
        text += "&gt;";
        continue;
      case '"':
        text += "&quot;";
        continue;
      case '\r':
        text += "&#13;";
        continue;
      case '\n':
      case '\t':
        text += c;
        continue;
      default:
        break;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F)
      fmt::format_to(std::back_inserter(text), "\\x{:02x}", byte);
    else
      text += c;
  }
  return text;
}

std::string junit_report(const RunRecord& record) {
  return Writer(record).write();
}

}  // namespace sharder
