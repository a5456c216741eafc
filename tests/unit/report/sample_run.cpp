#include "tests/unit/report/sample_run.hpp"

#include <cstdlib>

#include "sharder/support/files.hpp"

namespace sharder {

Event EventMaker::operator()(EventPayload payload) {
  return at(elapsed_ + 0.1, std::move(payload));
}

Event EventMaker::at(double elapsed, EventPayload payload) {
  constexpr long long noon = 1795348800;  // 2026-11-22 12:00:00 UTC
  elapsed_ = elapsed;
  Event event;
  event.sequence = ++sequence_;
  event.elapsed = Seconds(elapsed);
  event.time = std::chrono::system_clock::time_point(std::chrono::seconds(noon)) +
               std::chrono::microseconds(static_cast<long long>(elapsed * 1e6 + 0.5));
  event.payload = std::move(payload);
  events.push_back(event);
  return event;
}

void EventMaker::list(const std::string& id) {
  auto test = std::make_shared<Test>();
  test->id = id;
  const std::size_t slash = id.find('/');
  test->suite = id.substr(0, slash);
  test->program = "build/net_test";
  test->name = id.substr(slash + 1);
  if (listed_++ == 0) {
    test->timeout = Seconds(90);
    test->locks = {"gpu", "database"};
    test->cores = 2;
    test->depends = {"Setup.makes_schema"};
  }
  (*this)(TestListed{std::move(test)});
}

RunStarted sample_start() {
  RunStarted run;
  run.run_id = "20261122-120000-abcd";
  run.project = "demo";
  run.project_directory = "/src/demo";
  run.base = "host";
  run.user = "ada";
  run.host = "mill";
  run.command_line = "sharder run";
  run.version = "0.1.0";
  run.seed = 4711;
  run.workers = 2;
  run.why_workers = "2 cores";
  return run;
}

AttemptRecord attempt_of(TestIndex test, int attempt, Outcome outcome, double seconds, std::string message) {
  AttemptRecord record;
  record.test = test;
  record.attempt = attempt;
  record.worker = attempt % 2;
  record.clone = "c" + std::to_string(attempt);
  record.outcome = outcome;
  record.message = std::move(message);
  record.duration = Seconds(seconds);
  record.usage.cpu_seconds = seconds / 2;
  record.usage.memory_peak_bytes = 5 << 20;
  return record;
}

namespace {

void run_test(EventMaker& make, AttemptRecord record) {
  make(AttemptStarted{record.test, record.attempt, record.worker, record.clone});
  make(AttemptFinished{std::move(record)});
}

void add_failing_test(EventMaker& make) {
  AttemptRecord first = attempt_of(1, 1, Outcome::failed, 1.25, "expected 3, got 4");
  first.details = "net_test.cpp:12: Failure\nexpected 3, got 4\n";
  first.output = "connecting\nnet_test.cpp:12: Failure\nexpected 3, got 4\n";
  AttemptRecord second = first;
  second.attempt = 2;
  run_test(make, first);
  run_test(make, second);
  make(TestFinished{1, Verdict::failed, "deterministic", {}});
}

void add_flaky_test(EventMaker& make) {
  AttemptRecord first = attempt_of(2, 1, Outcome::timed_out, 10, "exceeded 10 s");
  first.output = "waiting \x1b[31mfor\x1b[0m ]]> \x01 \xff the peer\n";
  run_test(make, first);
  run_test(make, attempt_of(2, 2, Outcome::passed, 0.2));
  make(TestFinished{2, Verdict::flaky, "load", "a project file changed during the run: net.cpp"});
}

void add_crashing_test(EventMaker& make) {
  AttemptRecord crash = attempt_of(4, 1, Outcome::crashed, 0.5, "SIGSEGV");
  crash.leaks = {{17, "redis-server *:6379"}};
  crash.wrote = {"/tmp/core", "…"};
  crash.cases = {{"1 opens", Outcome::passed, ""}, {"2 closes", Outcome::failed, "not ok"}};
  run_test(make, crash);
  make(TestFinished{4, Verdict::failed, "unknown", {}});
}

}  // namespace

std::vector<Event> sample_run() {
  EventMaker make;
  make(sample_start());
  make(BaseReady{"host", Seconds(0.05)});
  make(SetupFinished{true, Seconds(0.01)});
  for (const char* const name : {"unit/Net.connects", "unit/Net.counts", "unit/Net.waits for \"peer\"",
                                 "unit/Net.skips", "unit/Net.crashes", "unit/Net.vanishes", "unit/Net.never"})
    make.list(name);
  make(CloneReady{0, "c1", Seconds(0.008), false});
  run_test(make, attempt_of(0, 1, Outcome::passed, 0.4));
  make(TestFinished{0, Verdict::passed, {}, {}});
  add_failing_test(make);
  add_flaky_test(make);
  run_test(make, attempt_of(3, 1, Outcome::skipped, 0.001, "no network here"));
  make(TestFinished{3, Verdict::skipped, {}, {}});
  add_crashing_test(make);
  make(CloneLost{1, "c1", "its init was killed"});
  run_test(make, attempt_of(5, 1, Outcome::lost, 0, "its init was killed"));
  make(TestFinished{5, Verdict::lost, "infrastructure", {}});
  make(Notice{Notice::Weight::warning, "reruns stopped: more failures than rerun_limit allows"});
  make(Draining{"deadline"});
  make(TestFinished{6, Verdict::not_run, {}, {}});
  make(CloneDiscarded{0, "c1"});
  RunFinished finished;
  finished.exit_status = 3;
  finished.counts = {7, 1, 2, 1, 1, 1, 1};
  finished.makespan = Seconds(7.1);
  finished.serial_sum = Seconds(13.6);
  finished.incomplete = "the deadline came";
  make(finished);
  return make.events;
}

std::vector<Event> sample_part() {
  std::vector<Event> events = sample_run();
  auto& start = std::get<RunStarted>(events.front().payload);
  start.part = 2;
  start.parts = 3;
  events.insert(events.begin() + 1, Event{.time = events.front().time, .payload = RunDivided{"0123abcd-12-3", 12}});
  return events;
}

std::string golden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(SHARDER_TEST_DATA) + "/golden/" + name;
  if (std::getenv("SHARDER_UPDATE_GOLDEN") != nullptr) write_file(path, actual);
  return read_file_if_any(path).value_or("(there is no " + path + ")");
}

}  // namespace sharder
