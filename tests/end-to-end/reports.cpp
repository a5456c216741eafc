#include "tests/end-to-end/reports.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <string>
#include <vector>

namespace sharder::end_to_end {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Verdicts = std::map<std::string, std::string>;

struct Journal {
  std::vector<Json> events;
  std::map<std::string, int> listed;
  Verdicts finished;
};

Journal read_journal(const fs::path& path) {
  Journal journal;
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::uint64_t previous = 0;
  for (std::string line; std::getline(file, line);) {
    const Json event = Json::parse(line, nullptr, false);
    EXPECT_TRUE(event.is_object()) << "not JSON: " << line;
    if (!event.is_object()) continue;
    EXPECT_EQ(event.value("seq", std::uint64_t{0}), ++previous) << line;
    EXPECT_TRUE(event.contains("time") && event.contains("event")) << line;
    const std::string name = event.value("event", "");
    // A run that goes on gives verdicts to those whom its end had cost theirs.
    if (name == "run.started")
      std::erase_if(journal.finished,
                    [](const auto& test) { return test.second == "lost" || test.second == "not-run"; });
    if (name == "test.listed") ++journal.listed[event.value("test", "")];
    if (name == "test.finished") {
      const bool first = journal.finished.emplace(event.value("test", ""), event.value("verdict", "")).second;
      EXPECT_TRUE(first) << "two verdicts: " << line;
    }
    journal.events.push_back(event);
  }
  return journal;
}

void expect_one_verdict_each(const Journal& journal) {
  for (const auto& [id, times] : journal.listed) {
    EXPECT_EQ(times, 1) << id << " is listed twice";
    EXPECT_EQ(journal.finished.count(id), 1u) << id << " has no verdict";
  }
  EXPECT_EQ(journal.listed.size(), journal.finished.size());
  ASSERT_FALSE(journal.events.empty());
  EXPECT_EQ(journal.events.front().value("event", ""), "run.started");
  EXPECT_EQ(journal.events.front().value("format", 0), 1);
  EXPECT_EQ(journal.events.back().value("event", ""), "run.finished");
}

std::string ctrf_status(const std::string& verdict) {
  static const Verdicts words{{"passed", "passed"},   {"flaky", "passed"}, {"failed", "failed"},
                              {"skipped", "skipped"}, {"lost", "other"},   {"not-run", "pending"}};
  return words.at(verdict);
}

void expect_required_keys(const Json& ctrf) {
  EXPECT_EQ(ctrf.value("reportFormat", ""), "CTRF");
  EXPECT_TRUE(ctrf.contains("specVersion"));
  const Json& results = ctrf.at("results");
  EXPECT_EQ(results.at("tool").value("name", ""), "sharder");
  for (const char* key : {"tests", "passed", "failed", "skipped", "pending", "other", "start", "stop"})
    EXPECT_TRUE(results.at("summary").contains(key) && results.at("summary").at(key).is_number_integer())
        << key;
}

Verdicts read_ctrf(const fs::path& path) {
  std::ifstream file(path);
  const Json ctrf = Json::parse(file, nullptr, false);
  EXPECT_TRUE(ctrf.is_object()) << path << " is not JSON";
  if (!ctrf.is_object()) return {};
  expect_required_keys(ctrf);
  Verdicts verdicts;
  std::map<std::string, int> counts;
  for (const Json& test : ctrf.at("results").at("tests")) {
    const std::string verdict = test.at("extra").at("verdict");
    EXPECT_EQ(test.at("status"), ctrf_status(verdict)) << test;
    EXPECT_TRUE(test.at("duration").is_number()) << test;
    EXPECT_EQ(test.value("flaky", false), verdict == "flaky") << test;
    EXPECT_TRUE(verdicts.emplace(test.at("name"), verdict).second) << "twice: " << test;
    ++counts[test.at("status")];
  }
  const Json& summary = ctrf.at("results").at("summary");
  EXPECT_EQ(summary.at("tests"), verdicts.size());
  for (const char* status : {"passed", "failed", "skipped", "pending", "other"})
    EXPECT_EQ(summary.at(status), counts[status]) << status;
  return verdicts;
}

void expect_junit(const fs::path& path, std::size_t tests) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_file(path.c_str());
  EXPECT_TRUE(parsed) << path << ": " << parsed.description();
  EXPECT_EQ(document.select_nodes("/testsuites/testsuite/testcase").size(), tests);
}

}  // namespace

void expect_consistent_reports(const fs::path& run_directory, bool finished) {
  SCOPED_TRACE("the reports in " + run_directory.string());
  const Journal journal = read_journal(run_directory / "journal.ndjson");
  if (!finished) return;
  expect_one_verdict_each(journal);
  EXPECT_EQ(read_ctrf(run_directory / "results.json"), journal.finished);
  expect_junit(run_directory / "junit.xml", journal.finished.size());
  std::ifstream trace(run_directory / "trace.json");
  EXPECT_TRUE(Json::accept(trace)) << "trace.json";
  EXPECT_TRUE(fs::exists(run_directory / "results.subunit"));
}

}  // namespace sharder::end_to_end
