#include "tests/fault/scenario.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace sharder {
namespace {

constexpr int skip_status = 77;

/// FNV-1a and the finish of splitmix64: the same everywhere, unlike std::hash.
std::uint64_t mix(std::uint64_t seed, const std::string& what) {
  std::uint64_t hash = 14695981039346656037ULL ^ seed;
  for (const char c : what) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return hash ^ (hash >> 31);
}

FakeBehaviour ends(SubunitStatus status, int code) {
  FakeBehaviour behaviour;
  behaviour.status = status;
  behaviour.termination.code = code;
  return behaviour;
}

FakeBehaviour crashes() {
  FakeBehaviour behaviour;
  behaviour.termination = {Termination::Kind::signalled, SIGABRT, ""};
  return behaviour;
}

FrameworkCommand command_for(Feed feed) {
  switch (feed) {
    case Feed::each: return {"./t {id}", "exit", feed, " ", ""};
    case Feed::batch: return {"./t {ids}", "subunit2", feed, " ", ""};
    case Feed::standard_input: break;
  }
  return {"./t", "subunit2", feed, " ", ""};
}

std::string property(const std::string& name, const std::string& value) {
  return R"({"name": ")" + name + R"(", "value": [")" + value + R"("]})";
}

}  // namespace

Scenario::Scenario(std::uint64_t seed, Nature nature)
    : seed_(seed), nature_(nature), form_(static_cast<Form>(seed % 4)) {
  make_settings(draw("settings"));
  if (form_ == Form::tied) make_tied_tests();
  else make_tests();
}

std::uint64_t Scenario::draw(const std::string& what) const { return mix(seed_, what); }

void Scenario::make_settings(std::uint64_t drawn) {
  workers_ = 1 + static_cast<int>(drawn % 3);
  if (drawn / 3 % 3 == 0)
    config_.clones.start = {.commands = {"server"}, .ready = "ask", .stop = "halt", .timeout = Seconds{20}};
  if (drawn / 9 % 4 == 0) config_.clones.setup.commands = {"make schema", "make data"};
  config_.clones.setup.services = drawn / 36 % 2 == 0 && !config_.clones.start.commands.empty();
  if (drawn / 72 % 4 == 0) config_.clones.fresh = Freshness::clone;
  config_.run.reruns = 1 + static_cast<int>(drawn / 288 % 2);
  config_.run.leaks_fail = drawn / 576 % 2 == 0;
}

void Scenario::make_tests() {
  constexpr const char* kinds[] = {"", "", "", R"(, "locks": ["a"])", R"(, "locks": ["a", "b"])", R"(, "cores": 2)"};
  const std::uint64_t count = 1 + draw("count") % 12;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string& id = ids_.emplace_back("t" + std::to_string(i));
    listing_ += R"({"id": ")" + id + "\"" + kinds[draw("kind " + id) % std::size(kinds)] + "}\n";
  }
}

/// Two fixtures, chains of DEPENDS, and tests that need nothing.
void Scenario::make_tied_tests() {
  const std::uint64_t count = 1 + draw("count") % 8;
  const auto add = [this](const std::string& id, const std::string& properties) {
    listing_ += listing_.empty() ? R"({"kind": "ctestInfo", "version": {"major": 1, "minor": 0}, "tests": [)" : ", ";
    listing_ += R"({"name": ")" + id + R"(", "command": ["./t", ")" + id + R"("], "properties": [)" + properties + "]}";
    ids_.push_back(id);
  };
  const bool cleans = draw("cleans") % 2 == 0;
  bool required = false;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string id = "t" + std::to_string(i);
    const std::uint64_t kind = draw("tie " + id) % 4;
    if (kind == 0 && i > 0) add(id, property("DEPENDS", "t" + std::to_string(i - 1)));
    else if (kind < 3) add(id, property("FIXTURES_REQUIRED", "db"));
    else add(id, "");
    required = required || (kind < 3 && !(kind == 0 && i > 0));
  }
  add("up", property("FIXTURES_SETUP", "db"));
  if (cleans) add("down", property("FIXTURES_CLEANUP", "db"));
  listing_ += "]}\n";
  if (!required) return;
  fixtures_.insert("up");
  if (cleans) fixtures_.insert("down");
}

FakeBehaviour Scenario::behaviour(const std::string& test, int attempt) const {
  if (fixture(test)) return exits(0);
  if (!only_failure_.empty()) {
    const bool fails = test == only_failure_;
    return ends(fails ? SubunitStatus::fail : SubunitStatus::success, fails ? 1 : 0);
  }
  const std::uint64_t kind = draw("behaviour " + test) % 16;
  const bool by_attempt = nature_ == Nature::by_attempt, first = attempt == 1;
  FakeBehaviour behaviour = ends(SubunitStatus::success, 0);
  if (kind == 0) behaviour = ends(SubunitStatus::fail, 1);
  if (kind == 1) behaviour = ends(SubunitStatus::skip, skip_status);
  if (kind == 2) behaviour = crashes();
  if (kind == 3 && by_attempt && first) behaviour = ends(SubunitStatus::fail, 1);
  if (kind == 4 && by_attempt && first) behaviour = crashes();
  if (kind == 5 && by_attempt && first) behaviour.kills_clone = true;
  if (kind == 6) behaviour.leaks = {{7, "daemon"}};
  behaviour.duration = Seconds{0.02 + static_cast<double>(draw(test + std::to_string(attempt)) % 1000) / 100};
  if (kind == 7 && by_attempt && first) behaviour.duration = Seconds{1e5};
  return behaviour;
}

FakeBehaviour Scenario::batch(const std::vector<std::string>& tests, const RecordingConsumer& record) const {
  FakeBehaviour all;
  for (const std::string& test : tests) {
    const auto begun = record.begun.find(test);
    const FakeBehaviour one = behaviour(test, begun == record.begun.end() ? 1 : begun->second + 1);
    const bool dies = one.termination.kind == Termination::Kind::signalled;
    all.kills_clone = one.kills_clone;
    if (one.kills_clone) break;
    all.tests.push_back({test, one.duration, one.status.value_or(SubunitStatus::success), dies});
    if (dies) break;
  }
  return all;
}

std::unique_ptr<SimulatedRun> Scenario::prepare() const {
  auto made = std::make_unique<SimulatedRun>();
  SimulatedRun& run = *made;
  run.config.clones = config_.clones;
  run.config.run = config_.run;
  run.config.run.timeout = Seconds{60};
  FrameworkConfig& framework = run.config.suites[0].framework;
  framework.skip_statuses = {skip_status};
  const Feed feeds[] = {Feed::each, Feed::batch, Feed::standard_input, Feed::each};
  framework.run = command_for(feeds[static_cast<int>(form_)]);
  if (form_ == Form::tied) {
    framework.list->format = "ctest";
    framework.run.command = "{command}";
  }
  run.list(listing_);
  const auto next = [this, &run](const std::string& test, int) { return behaviour(test, run.record.begun[test] + 1); };
  run.script = run.runner_script = next;
  run.batch_script = [this, &run](const std::vector<std::string>& tests) { return batch(tests, run.record); };
  const std::string layers = testing::TempDir() + "/sharder-fault-" + std::to_string(::getpid());
  run.layers = {.cache_directory = layers, .run_directory = layers};
  return made;
}

std::string Scenario::describe() const {
  constexpr const char* forms[] = {"each", "batch", "fed", "tied"};
  std::string text = forms[static_cast<int>(form_)];
  if (!config_.clones.start.commands.empty()) text += ", services";
  if (!config_.clones.setup.commands.empty()) text += ", setup";
  if (config_.clones.fresh == Freshness::clone) text += ", fresh clones";
  return text + ", " + std::to_string(workers_) + " workers, " + std::to_string(ids_.size()) + " tests";
}

}  // namespace sharder
