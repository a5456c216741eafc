#include <algorithm>
#include <nlohmann/json.hpp>

#include "sharder/history/imports/imported_file.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using Json = nlohmann::json;

/// The member, or null where it is not there or `json` is no object.
const Json& member(const Json& json, const char* name) {
  static const Json nothing;
  if (!json.is_object()) return nothing;
  const auto found = json.find(name);
  return found == json.end() ? nothing : *found;
}

std::string text_of(const Json& json) {
  return json.is_string() ? json.get<std::string>() : std::string();
}

std::optional<Seconds> seconds_of(const Json& json, double unit) {
  if (!json.is_number()) return std::nullopt;
  const Seconds seconds(json.get<double>() * unit);
  return seconds.count() >= 0 && seconds <= longest_duration ? std::optional(seconds) : std::nullopt;
}

/// A suite is a text, or in later versions a list from the outermost to the innermost.
std::string suite_of(const Json& json) {
  if (!json.is_array()) return text_of(json);
  std::vector<std::string> names;
  for (const Json& name : json) names.push_back(text_of(name));
  return join(names, ".");
}

/// Nothing for what was not run: pending, other.
std::optional<Outcome> outcome_of(const std::string& status) {
  if (status == "passed") return Outcome::passed;
  if (status == "failed") return Outcome::failed;
  if (status == "skipped") return Outcome::skipped;
  return std::nullopt;
}

int worker_of(const Json& json) {
  constexpr std::int64_t most_workers = 1 << 20;
  const std::int64_t worker = json.is_number_integer() ? json.get<std::int64_t>() : 0;
  return worker >= 0 && worker < most_workers ? static_cast<int>(worker) : 0;
}

RecordedAttempt attempt_of(const Json& json, Outcome outcome) {
  RecordedAttempt attempt;
  attempt.outcome = outcome;
  attempt.duration = seconds_of(member(json, "duration"), 1e-3);
  return attempt;
}

/// What our own reports tell beside CTRF's milliseconds.
std::vector<RecordedAttempt> own_attempts(const Json& extra) {
  std::vector<RecordedAttempt> attempts;
  for (const Json& told : member(extra, "attempts")) {
    const std::optional<Outcome> outcome = outcome_from(text_of(member(told, "outcome")));
    if (!outcome) continue;
    RecordedAttempt attempt;
    attempt.outcome = *outcome;
    attempt.duration = seconds_of(member(told, "seconds"), 1);
    attempt.worker = worker_of(member(told, "worker"));
    Usage usage;
    const Json &cpu = member(told, "cpu_seconds"), &peak = member(told, "memory_peak_bytes");
    if (cpu.is_number()) usage.cpu_seconds = cpu.get<double>();
    if (peak.is_number_unsigned()) usage.memory_peak_bytes = peak.get<std::uint64_t>();
    attempt.usage = usage;
    attempts.push_back(attempt);
  }
  return attempts;
}

class CtrfReader {
 public:
  explicit CtrfReader(const Json& report) : results_(member(report, "results")) {
    file_.format = "CTRF";
    ours_ = text_of(member(member(results_, "tool"), "name")) == "sharder";
  }

  ImportedFile read() {
    const Json& summary = member(results_, "summary");
    if (ours_) file_.run_id = text_of(member(member(summary, "extra"), "run_id"));
    const Json& start = member(summary, "start");
    // Some tools write seconds, some 0; the clock's nanoseconds hold no more than three centuries.
    if (start.is_number() && start.get<double>() > 1e11 && start.get<double>() < 7e12)
      file_.started =
          std::chrono::system_clock::time_point(std::chrono::milliseconds(start.get<long long>()));
    for (const Json& test : member(results_, "tests")) take(test);
    return std::move(file_);
  }

 private:
  void take(const Json& json) {
    ImportedTest test;
    test.name.name = text_of(member(json, "name"));
    const std::string status = text_of(member(json, "status"));
    if (test.name.name.empty() || status.empty()) {
      ++file_.passed_over;
      return;
    }
    if (ours_) {
      test.attempts = own_attempts(member(json, "extra"));
    } else {
      test.name.class_name = suite_of(member(json, "suite"));
      test.name.file = text_of(member(json, "filePath"));
      for (const Json& retry : member(json, "retryAttempts"))
        if (const auto outcome = outcome_of(text_of(member(retry, "status"))))
          test.attempts.push_back(attempt_of(retry, *outcome));
      if (const auto outcome = outcome_of(status)) test.attempts.push_back(attempt_of(json, *outcome));
    }
    if (!test.attempts.empty()) file_.tests.push_back(std::move(test));
  }

  const Json& results_;
  ImportedFile file_;
  bool ours_ = false;
};

}  // namespace

ImportedFile read_ctrf(std::string_view text) {
  ImportedFile refused;
  refused.format = "CTRF";
  try {
    const Json report = Json::parse(text);
    if (member(member(report, "results"), "tests").is_array()) return CtrfReader(report).read();
    refused.refusal = "it has no results.tests: it is no CTRF report";
  } catch (const Json::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 3, column 5: ..."
    const std::string what = error.what();
    refused.refusal = "the JSON is broken: " + what.substr(std::min(what.size(), what.find("] ") + 2));
  }
  return refused;
}

}  // namespace sharder
