#include "sharder/cli/history_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/report/json_text.hpp"
#include "sharder/report/terminal_text.hpp"
#include "sharder/report/timestamp.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using Row = std::vector<std::string>;

/// Columns as wide as their widest cell; the last one is free.
std::string table(const std::vector<Row>& rows) {
  std::vector<int> widths(rows.front().size());
  for (const Row& row : rows)
    for (std::size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], display_columns(row[column]));
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t column = 0; column + 1 < row.size(); ++column)
      text += row[column] +
              std::string(static_cast<std::size_t>(widths[column] - display_columns(row[column]) + 2), ' ');
    text += row.back() + "\n";
  }
  return text;
}

/// Three digits that tell tests apart, where format_duration() speaks to people of whole runs.
std::string short_duration(Seconds duration) {
  const double seconds = duration.count();
  if (seconds < 1) return fmt::format("{:.3g} ms", seconds * 1e3);
  return seconds < 100 ? fmt::format("{:.3g} s", seconds) : format_duration(duration);
}

std::string if_known(std::optional<Seconds> duration) {
  return duration ? short_duration(*duration) : "-";
}

/// "2026-11-22 07:19".
std::string minute_of(std::chrono::system_clock::time_point time) {
  return replace_all(iso_time(time).substr(0, 16), "T", " ");
}

std::string runs_ago(int runs) {
  if (runs == 0) return "in the last run that had it";
  return fmt::format("{} ago", count_of(static_cast<std::size_t>(runs), "run"));
}

Row row_of(const PastAttempt& past) {
  const RecordedAttempt& attempt = past.attempt;
  const bool measured = attempt.usage.has_value();
  return {minute_of(past.started),
          std::string(to_string(attempt.outcome)),
          std::to_string(attempt.attempt),
          if_known(attempt.duration),
          measured ? short_duration(Seconds(attempt.usage->cpu_seconds)) : "-",
          measured ? format_size(attempt.usage->memory_peak_bytes) : "-",
          std::to_string(attempt.worker),
          fmt::format("{}", attempt.position + 1),
          past.conditions.base.empty() ? "-" : one_line(past.conditions.base),
          one_line(past.conditions.host_class),
          one_line(past.run_id)};
}

}  // namespace

std::string slowest_text(const Past& past, int most) {
  using Entry = std::pair<const std::string, PastTest>;
  std::vector<const Entry*> tests;
  Seconds all{0};
  for (const Entry& entry : past.tests) {
    if (entry.second.durations == 0) continue;
    tests.push_back(&entry);
    all += entry.second.expected;
  }
  std::sort(tests.begin(), tests.end(), [](const Entry* one, const Entry* other) {
    if (one->second.expected != other->second.expected) return one->second.expected > other->second.expected;
    return one->first < other->first;
  });
  std::vector<Row> rows{{"EXPECTED", "80 %", "PASSES", "LAST", "TEST"}};
  for (const Entry* entry : tests) {
    if (rows.size() > static_cast<std::size_t>(most)) break;
    const PastTest& test = entry->second;
    rows.push_back({short_duration(test.expected), short_duration(test.order_key),
                    std::to_string(test.durations), std::string(to_string(test.last_verdict)),
                    printable(entry->first)});
  }
  if (tests.empty()) return "no test has passed yet\n";
  return table(rows) + fmt::format("\n{} of {} with a duration, {} together\n", rows.size() - 1,
                                   count_of(tests.size(), "test"), format_duration(all));
}

std::string flaky_text(const std::vector<Troubles>& tests, int most) {
  if (tests.empty()) return "no test was flaky in the runs that are kept\n";
  std::vector<Row> rows{{"FLAKY", "FAILED", "RUNS", "RATE", "LAST FLAKY", "CAUSE", "TEST"}};
  for (const Troubles& test : tests) {
    if (rows.size() > static_cast<std::size_t>(most)) break;
    rows.push_back({std::to_string(test.flaky), std::to_string(test.failed), std::to_string(test.runs),
                    fmt::format("{:.0f} %", 100.0 * test.flaky / test.runs), minute_of(test.last),
                    test.cause.empty() ? "-" : one_line(test.cause), printable(test.id)});
  }
  return table(rows) + fmt::format("\n{} of {}\n", rows.size() - 1, count_of(tests.size(), "flaky test"));
}

std::string show_text(const std::string& id, const PastTest& test, const std::vector<PastAttempt>& attempts) {
  std::vector<Row> facts{{"test", printable(id)},
                         {"last verdict", std::string(to_string(test.last_verdict))}};
  const auto add = [&](const char* name, std::string fact) { facts.push_back({name, std::move(fact)}); };
  if (test.durations > 0)
    add("expected", fmt::format("{}, at most {} in four of five runs (from {})",
                                short_duration(test.expected), short_duration(test.order_key),
                                count_of(static_cast<std::size_t>(test.durations), "pass")));
  if (test.longest_failure.count() > 0) add("longest failure", short_duration(test.longest_failure));
  if (test.cpu_seconds > 0) add("processor time", short_duration(Seconds(test.cpu_seconds)));
  if (test.memory_peak_bytes > 0)
    add("memory", fmt::format("{}, with page cache {}", format_size(test.memory_bytes),
                              format_size(test.memory_peak_bytes)));
  add("last trouble", test.runs_since_failure ? runs_ago(*test.runs_since_failure) : "never");
  std::string text = table(facts);
  if (attempts.empty()) return text + "\nits attempts were pruned\n";
  std::vector<Row> rows{{"RUN OF", "OUTCOME", "ATTEMPT", "TOOK", "CPU", "MEMORY", "WORKER", "PLACE", "BASE",
                         "HOST CLASS", "RUN"}};
  for (const PastAttempt& attempt : attempts) rows.push_back(row_of(attempt));
  return text + "\n" + table(rows);
}

void append_export_line(std::string& text, const std::string& project, const PastAttempt& past) {
  const RecordedAttempt& attempt = past.attempt;
  JsonText json(text);
  json.begin_object();
  json.field("project", std::string_view(project));
  json.field("run", std::string_view(past.run_id));
  json.field("source", std::string_view(past.source));
  json.field("started", std::string_view(iso_time(past.started)));
  json.field("host_class", std::string_view(past.conditions.host_class));
  json.field_if_any("base", past.conditions.base);
  json.field_if_any("order", past.conditions.order);
  json.field("workers", past.conditions.workers);
  json.field("seed", past.conditions.seed);
  json.field("test", std::string_view(past.test));
  json.field("verdict", to_string(past.verdict));
  json.field_if_any("cause", past.cause);
  json.field("position", attempt.position);
  json.field("attempt", attempt.attempt);
  json.field("worker", attempt.worker);
  json.field("outcome", to_string(attempt.outcome));
  if (attempt.duration) json.field("seconds", attempt.duration->count());
  if (attempt.usage) {
    json.field("cpu_seconds", attempt.usage->cpu_seconds);
    json.field("memory_bytes", attempt.usage->memory_bytes);
    json.field("memory_peak_bytes", attempt.usage->memory_peak_bytes);
  }
  json.end_object();
  text += '\n';
}

}  // namespace sharder
