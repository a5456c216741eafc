#include "sharder/simulate/fake_execution.hpp"

#include <csignal>
#include <utility>

#include "sharder/suites/framework.hpp"

namespace sharder {
namespace {

std::string variable(const ExecuteRequest& request, std::string_view name) {
  for (const std::string& pair : request.environment)
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
  return "";
}

int attempt_of(const ExecuteRequest& request) {
  const std::string attempt = variable(request, "SHARDER_ATTEMPT");
  return attempt.empty() ? 0 : std::stoi(attempt);
}

}  // namespace

void FakeCloneState::end(const std::string& reason) {
  gone = true;
  why = reason;
  const std::set<FakeExecution*> living = executions;
  for (FakeExecution* execution : living) execution->clone_dies(reason);
}

FakeExecution::FakeExecution(FakeClonePool& pool, std::shared_ptr<FakeCloneState> clone, ExecuteRequest request)
    : pool_(pool),
      clone_(std::move(clone)),
      attempt_(attempt_of(request)),
      test_(variable(request, "SHARDER_TEST")),
      live_(request.feed || request.channels),
      wake_(pool.executor_, boost::asio::steady_timer::time_point::max()) {
  clone_->executions.insert(this);
  pool_.count(test_, +1);
  if (!live_) play(pool_.script_(request, test_, attempt_));
}

FakeExecution::~FakeExecution() {
  clone_->executions.erase(this);
  if (!over_) pool_.count(test_, -1);
}

boost::asio::awaitable<std::optional<ExecutionEvent>> FakeExecution::next(TimePoint deadline) {
  heed_fault(PoolCall::next);
  while (next_event_ == events_.size()) {
    if (pool_.time_.now() >= deadline) co_return std::nullopt;
    std::unique_ptr<Alarm> alarm;
    if (deadline != never) alarm = pool_.time_.at(deadline, [this] { wake_.cancel(); });
    constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
    co_await wake_.async_wait(token);
  }
  std::optional<ExecutionEvent> event(std::move(events_[next_event_++]));
  if (next_event_ == events_.size()) {
    events_.clear();
    next_event_ = 0;
  }
  co_return event;
}

void FakeExecution::heed_fault(PoolCall call) {
  if (pool_.fault_at(call) == Fault::clone_dies) clone_->end("a fault");
}

void FakeExecution::write(std::string bytes) {
  heed_fault(PoolCall::write);
  if (over_) return;
  const std::string line = bytes.substr(0, bytes.find('\n'));
  fed_ = line.substr(0, line.find(adapter_id_separator));
  const bool first = !std::exchange(fed_before_, true);
  play(pool_.runner_script_(line, attempt_, first));
}

void FakeExecution::close_input() {
  if (over_) return;
  fed_.clear();
  FakeBehaviour at_once;
  at_once.duration = behaviour_.wind_down;
  play(std::move(at_once));
}

void FakeExecution::kill(int signal) {
  if (over_ || (behaviour_.ignores_signals && signal != SIGKILL)) return;
  end({Termination::Kind::signalled, signal, ""});
}

boost::asio::awaitable<Checkpoint> FakeExecution::checkpoint() {
  heed_fault(PoolCall::checkpoint);
  Checkpoint checkpoint;
  checkpoint.clone_gone = clone_->gone;
  checkpoint.leaks = std::move(behaviour_.leaks);
  if (behaviour_.kills_clone_after) clone_->end("the script says so");
  checkpoint.clone_gone = over_;
  co_return checkpoint;
}

void FakeExecution::clone_dies(const std::string& reason) {
  if (over_) return;
  over_ = true;
  alarm_.reset();
  pool_.count(test_, -1);
  push(CloneGone{reason});
}

void FakeExecution::wait(Seconds span, void (FakeExecution::*then)()) {
  const TimePoint when = after(pool_.time_.now(), span / clone_->speed);
  alarm_ = pool_.time_.at(when, [this, then] { (this->*then)(); });
}

void FakeExecution::play(FakeBehaviour behaviour) {
  behaviour_ = std::move(behaviour);
  next_test_ = 0;
  if (!behaviour_.tests.empty()) return wait(behaviour_.start_up, &FakeExecution::begin_next);
  if (fed_.empty()) return wait(behaviour_.start_up + behaviour_.duration, &FakeExecution::act);
  if (behaviour_.start_up.count() > 0) return wait(behaviour_.start_up, &FakeExecution::begin_fed);
  begin_fed();
}

void FakeExecution::begin_fed() {
  tell(fed_, SubunitStatus::in_progress);
  wait(behaviour_.duration, &FakeExecution::act);
}

void FakeExecution::begin_next() {
  if (next_test_ == behaviour_.tests.size()) return wait(behaviour_.duration, &FakeExecution::act);
  tell(behaviour_.tests[next_test_].name, SubunitStatus::in_progress);
  wait(behaviour_.tests[next_test_].duration, &FakeExecution::end_current);
}

void FakeExecution::end_current() {
  const FakeTest& test = behaviour_.tests[next_test_++];
  if (test.dies) return end({Termination::Kind::signalled, SIGABRT, ""});
  tell(test.name, test.status);
  begin_next();
}

void FakeExecution::act() {
  if (!behaviour_.output.empty()) push(OutputBytes{behaviour_.output});
  if (behaviour_.kills_clone) return clone_->end("the script says so");
  const bool exited = behaviour_.termination.kind == Termination::Kind::exited;
  if (fed_.empty() || !exited) return end(behaviour_.termination);
  const SubunitStatus by_status = behaviour_.termination.code == 0 ? SubunitStatus::success : SubunitStatus::fail;
  tell(fed_, behaviour_.status.value_or(by_status));
}

void FakeExecution::tell(const std::string& test, SubunitStatus status) {
  SubunitPacket packet;
  packet.test = test;
  packet.status = status;
  push(ResultBytes{encode_subunit(packet)});
}

void FakeExecution::end(Termination termination) {
  over_ = true;
  alarm_.reset();
  pool_.count(test_, -1);
  Ended ended;
  ended.termination = std::move(termination);
  ended.duration = behaviour_.duration / clone_->speed;
  if (fed_.empty()) ended.leaks = behaviour_.leaks;
  push(std::move(ended));
}

void FakeExecution::push(ExecutionEvent event) {
  events_.push_back(std::move(event));
  wake_.cancel();
}

}  // namespace sharder
