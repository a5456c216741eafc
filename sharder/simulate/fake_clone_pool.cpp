#include "sharder/simulate/fake_clone_pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <deque>

#include "sharder/suites/subunit2.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

std::string variable(const ExecuteRequest& request, const std::string& name) {
  for (const std::string& pair : request.environment)
    if (pair.compare(0, name.size() + 1, name + "=") == 0) return pair.substr(name.size() + 1);
  return "";
}

int attempt_of(const ExecuteRequest& request) {
  const std::string attempt = variable(request, "SHARDER_ATTEMPT");
  return attempt.empty() ? 0 : std::stoi(attempt);
}

}  // namespace

class FakeExecution;

/// Shared by a clone and its executions, which may outlive it.
struct FakeCloneState {
  bool gone = false;
  std::string why;
  std::set<FakeExecution*> executions;
};

class FakeExecution : public Execution {
 public:
  FakeExecution(FakeClonePool& pool, std::shared_ptr<FakeCloneState> clone, ExecuteRequest request)
      : pool_(pool),
        clone_(std::move(clone)),
        request_(std::move(request)),
        test_(variable(request_, "SHARDER_TEST")),
        wake_(pool.executor_, boost::asio::steady_timer::time_point::max()) {
    clone_->executions.insert(this);
    pool_.count(test_, +1);
    if (!request_.feed && !request_.channels) play(pool_.script_(request_, test_, attempt_of(request_)));
  }
  ~FakeExecution() override {
    clone_->executions.erase(this);
    if (!over_) pool_.count(test_, -1);
  }

  boost::asio::awaitable<std::optional<ExecutionEvent>> next(TimePoint deadline) override {
    while (events_.empty()) {
      if (pool_.time_.now() >= deadline) co_return std::nullopt;
      std::unique_ptr<Alarm> alarm;
      if (deadline != never) alarm = pool_.time_.at(deadline, [this] { wake_.cancel(); });
      constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
      co_await wake_.async_wait(token);
    }
    std::optional<ExecutionEvent> event(std::move(events_.front()));
    events_.pop_front();
    co_return event;
  }

  void write(std::string bytes) override {
    if (over_) return;
    fed_ = bytes.substr(0, bytes.find('\n'));
    play(pool_.runner_script_(fed_, attempt_of(request_)));
  }
  void close_input() override {
    if (over_) return;
    fed_.clear();
    FakeBehaviour at_once;
    at_once.duration = Seconds{0};
    play(std::move(at_once));
  }
  void kill(int signal) override {
    if (over_ || (behaviour_.ignores_signals && signal != SIGKILL)) return;
    end({Termination::Kind::signalled, signal, ""});
  }
  boost::asio::awaitable<Checkpoint> checkpoint() override {
    Checkpoint checkpoint;
    checkpoint.leaks = std::move(behaviour_.leaks);
    co_return checkpoint;
  }

  void clone_dies(const std::string& reason) {
    if (over_) return;
    over_ = true;
    alarm_.reset();
    pool_.count(test_, -1);
    push(CloneGone{reason});
  }

 private:
  void play(FakeBehaviour behaviour) {
    behaviour_ = std::move(behaviour);
    if (!fed_.empty()) tell(SubunitStatus::in_progress);
    alarm_ = pool_.time_.at(after(pool_.time_.now(), behaviour_.duration), [this] { act(); });
  }
  void act();
  void tell(SubunitStatus status) {
    SubunitPacket packet;
    packet.test = fed_;
    packet.status = status;
    push(ResultBytes{encode_subunit(packet)});
  }
  void end(Termination termination) {
    over_ = true;
    alarm_.reset();
    pool_.count(test_, -1);
    Ended ended;
    ended.termination = std::move(termination);
    ended.duration = behaviour_.duration;
    if (fed_.empty()) ended.leaks = behaviour_.leaks;
    push(std::move(ended));
  }
  void push(ExecutionEvent event) {
    events_.push_back(std::move(event));
    wake_.cancel();
  }

  FakeClonePool& pool_;
  std::shared_ptr<FakeCloneState> clone_;
  ExecuteRequest request_;
  std::string test_, fed_;
  FakeBehaviour behaviour_;
  boost::asio::steady_timer wake_;
  std::deque<ExecutionEvent> events_;
  std::unique_ptr<Alarm> alarm_;
  bool over_ = false;
};

void FakeExecution::act() {
  if (!behaviour_.output.empty()) push(OutputBytes{behaviour_.output});
  if (behaviour_.kills_clone) {
    clone_->gone = true;
    clone_->why = "the script says so";
    const std::set<FakeExecution*> executions = clone_->executions;
    for (FakeExecution* execution : executions) execution->clone_dies(clone_->why);
    return;
  }
  const bool passed = behaviour_.termination.kind == Termination::Kind::exited && behaviour_.termination.code == 0;
  const bool failed = behaviour_.termination.kind == Termination::Kind::exited && behaviour_.termination.code != 0;
  if (!fed_.empty() && passed) return tell(SubunitStatus::success);
  if (!fed_.empty() && failed) return tell(SubunitStatus::fail);
  end(behaviour_.termination);
}

class FakeClone : public Clone {
 public:
  FakeClone(FakeClonePool& pool, std::string name)
      : pool_(pool), name_(std::move(name)), state_(std::make_shared<FakeCloneState>()) {
    ++pool_.living_;
  }
  ~FakeClone() override {
    --pool_.living_;
    state_->gone = true;
    const std::set<FakeExecution*> executions = state_->executions;
    for (FakeExecution* execution : executions) execution->clone_dies("discarded");
  }
  const std::string& name() const override { return name_; }
  bool gone() const override { return state_->gone; }
  std::string why_gone() const override { return state_->why; }
  boost::asio::awaitable<std::unique_ptr<Execution>> execute(ExecuteRequest request) override {
    if (state_->gone) throw ContainerError("clone " + name_ + " is gone");
    std::unique_ptr<Execution> execution = std::make_unique<FakeExecution>(pool_, state_, std::move(request));
    co_return execution;
  }
  boost::asio::awaitable<void> pack_layer(std::string) override { co_return; }

 private:
  FakeClonePool& pool_;
  std::string name_;
  std::shared_ptr<FakeCloneState> state_;
};

FakeClonePool::FakeClonePool(boost::asio::any_io_executor executor, TimeSource& time, Script script)
    : executor_(std::move(executor)), time_(time), script_(std::move(script)) {}

boost::asio::awaitable<void> FakeClonePool::sleep(Seconds span) {
  boost::asio::steady_timer wake(executor_, boost::asio::steady_timer::time_point::max());
  const std::unique_ptr<Alarm> alarm = time_.at(after(time_.now(), span), [&wake] { wake.cancel(); });
  constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  co_await wake.async_wait(token);
}

boost::asio::awaitable<std::unique_ptr<Clone>> FakeClonePool::obtain(CloneRequest request) {
  co_await sleep(start_up_);
  if (obtain_fails_ && obtain_fails_()) throw ContainerError("no clone: the script says so");
  std::unique_ptr<Clone> clone =
      std::make_unique<FakeClone>(*this, "fake-" + std::to_string(request.worker) + "-" + std::to_string(++obtained_));
  co_return clone;
}

boost::asio::awaitable<void> FakeClonePool::close() { co_return; }

void FakeClonePool::count(const std::string& test, int change) {
  running_ += change;
  most_running_ = std::max(most_running_, running_);
  if (on_change) on_change(test, change);
}

}  // namespace sharder
