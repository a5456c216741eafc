#include "tests/end-to-end/end_to_end.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/end-to-end/remains.hpp"
#include "tests/end-to-end/reports.hpp"

namespace sharder::end_to_end {
namespace {

namespace fs = std::filesystem;

int next_test = 0;

std::string why_not_here() {
  if (::geteuid() != 0) return "clones need root";
  if (::access("/usr/lib/x86_64-linux-gnu/lxc/rootfs", F_OK) != 0 &&
      ::access("/usr/lib/lxc/rootfs", F_OK) != 0)
    return "liblxc-common is not installed";
  return {};
}

std::string joined(const std::set<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += "\n  " + text;
  return all;
}

std::set<std::string> without(std::set<std::string> all, const std::set<std::string>& known) {
  for (const std::string& one : known) all.erase(one);
  return all;
}

/// The outcome of trying until nothing is left: what still is.
template <typename Look>
std::set<std::string> left_after_a_while(Look look) {
  std::set<std::string> left;
  (void)eventually([&] { return (left = look()).empty(); }, std::chrono::seconds(3));
  return left;
}

}  // namespace

const Json& RunOutcome::test(const std::string& id) const {
  static const Json nothing = Json::object();
  if (results.is_object())
    for (const Json& test : results.at("results").at("tests"))
      if (test.at("name") == id) return test;
  ADD_FAILURE() << "no result for \"" << id << "\", but: " << verdicts() << "\n" << all();
  return nothing;
}

std::string RunOutcome::verdict(const std::string& id) const {
  const Json& found = test(id);
  return found.contains("extra") ? found.at("extra").value("verdict", "") : "";
}

std::string RunOutcome::verdicts() const {
  std::string text;
  if (!results.is_object()) return "(no results)";
  for (const Json& test : results.at("results").at("tests"))
    text += (text.empty() ? "" : " ") + test.at("name").get<std::string>() + "=" +
            test.at("extra").at("verdict").get<std::string>();
  return text;
}

std::string RunOutcome::output_of(const std::string& id) const {
  const Json& found = test(id);
  if (!found.contains("extra") || found.at("extra").at("attempts").empty()) return {};
  const std::string log = found.at("extra").at("attempts").back().value("log", "");
  if (log.empty()) return {};
  std::ostringstream text;
  text << std::ifstream(directory / log, std::ios::binary).rdbuf();
  return text.str();
}

std::string RunOutcome::outcomes(const std::string& id) const {
  std::string text;
  const Json& found = test(id);
  if (found.contains("extra"))
    for (const Json& attempt : found.at("extra").at("attempts"))
      text += (text.empty() ? "" : " ") + attempt.at("outcome").get<std::string>();
  return text;
}

std::vector<Json> RunOutcome::journal() const {
  std::vector<Json> events;
  std::ifstream file(directory / "journal.ndjson");
  for (std::string line; std::getline(file, line);) events.push_back(Json::parse(line, nullptr, false));
  return events;
}

std::vector<Json> RunOutcome::events(const std::string& name) const {
  std::vector<Json> all = journal();
  std::erase_if(all, [&](const Json& event) { return event.value("event", "") != name; });
  return all;
}

void EndToEnd::SetUp() {
  if (const std::string reason = why_not_here(); !reason.empty()) {
    if (const char* required = std::getenv("SHARDER_REQUIRE_LXC");
        required != nullptr && std::string(required) == "1")
      FAIL() << reason;
    GTEST_SKIP() << reason;
  }
  adopt_orphans();
  top_ = "/var/tmp/end-to-end-" + std::to_string(::getpid()) + "-" + std::to_string(next_test++);
  project_ = top_ / "project";
  outside_ = top_ / "outside";
  fs::create_directories(project_);
  fs::create_directories(outside_);
  mounts_before_ = mounts_of_sharder();
}

std::set<std::string> EndToEnd::own_dead_runs() const {
  std::set<std::string> own;
  const std::set<std::string> all = runs_on_machine();
  const auto unreadable = fs::directory_options::skip_permission_denied;
  std::error_code error;
  for (fs::recursive_directory_iterator at(top_, unreadable, error), end; !error && at != end; at.increment(error))
    if (all.contains(at->path().filename())) own.insert(at->path().filename());
  return dead_among(own);
}

void EndToEnd::TearDown() {
  if (project_.empty()) return;
  const std::set<std::string> alive = left_after_a_while([] { return descendants(); });
  EXPECT_TRUE(alive.empty()) << "processes are left:" << joined(alive);
  const std::set<std::string> mounts =
      left_after_a_while([&] { return without(mounts_of_sharder(), mounts_before_); });
  EXPECT_TRUE(mounts.empty()) << "mounts are left:" << joined(mounts);
  const std::set<std::string> runs = left_after_a_while([&] { return own_dead_runs(); });
  EXPECT_TRUE(runs.empty()) << "/run/sharder or control groups are left of:" << joined(runs);
  std::error_code error;
  fs::remove_all(top_, error);
  EXPECT_FALSE(error) << error.message();
}

void EndToEnd::write(const std::string& path, const std::string& content, int mode) const {
  const fs::path file = project_ / path;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
  fs::permissions(file, static_cast<fs::perms>(mode));
}

void EndToEnd::script(const std::string& path, const std::string& body) const {
  write(path, "#!/bin/sh\n" + body + "\n", 0755);
}

void EndToEnd::exec_suite(const std::string& more) const {
  toml("[suite.unit]\nframework = \"exec\"\nprograms = [\"t/*\"]\n" + more);
}

std::string EndToEnd::binary() {
  const char* elsewhere = std::getenv("SHARDER_BINARY");
  return elsewhere != nullptr ? elsewhere : SHARDER_DEFAULT_BINARY;
}

Command EndToEnd::command(Words words, Variables environment, std::string input) const {
  // Other tests run beside this one: a run that leaves the number of workers open may find no slot free.
  const bool open = std::find(words.begin(), words.end(), "-j") == words.end() &&
                    read(project() / "sharder.toml").find("workers") == std::string::npos;
  if (words.front() == "run" && open && !automatic_)
    environment.emplace("SHARDER_RUN_WORKERS", std::to_string(std::thread::hardware_concurrency()));
  words.insert(words.begin(), binary());
  return {std::move(words), std::move(environment), std::move(input), project_};
}

Transcript EndToEnd::sharder(Words words, Variables environment, std::string input) const {
  return Program(command(std::move(words), std::move(environment), std::move(input)), outside_).wait();
}

Transcript EndToEnd::call(Words words) const {
  return Program({std::move(words), {}, {}, project_}, outside_).wait();
}

std::unique_ptr<Program> EndToEnd::start(Words words, Variables environment) const {
  return std::make_unique<Program>(command(std::move(words), std::move(environment)), outside_);
}

RunOutcome EndToEnd::run(Words words, Variables environment, std::string input) {
  words.insert(words.begin(), {"run", "--no-history"});
  return outcome(sharder(std::move(words), std::move(environment), std::move(input)));
}

RunOutcome EndToEnd::outcome(Transcript transcript, const fs::path& directory) {
  RunOutcome outcome{std::move(transcript), directory, nullptr};
  std::error_code error;
  if (directory.empty()) {
    const fs::path latest = fs::weakly_canonical(project_ / ".sharder/latest", error);
    if (!fs::exists(latest, error) || latest == last_run_) return outcome;
    outcome.directory = last_run_ = latest;
  }
  std::ifstream file(outcome.directory / "results.json");
  if (!file) return outcome;
  outcome.results = Json::parse(file, nullptr, false);
  EXPECT_TRUE(outcome.results.is_object()) << "results.json is not JSON";
  expect_consistent_reports(outcome.directory);
  return outcome;
}

std::string EndToEnd::names_in(const fs::path& directory) {
  std::set<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error))
    names.insert(at->path().filename());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::string EndToEnd::read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace sharder::end_to_end
