#include "sharder/simulate/fake_clone_pool.hpp"

#include <boost/asio/steady_timer.hpp>
#include <fstream>

#include "sharder/simulate/fake_execution.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {

class FakeClone : public Clone {
 public:
  FakeClone(FakeClonePool& pool, std::string name, double speed)
      : pool_(pool), name_(std::move(name)), state_(std::make_shared<FakeCloneState>()) {
    state_->speed = speed;
    ++pool_.living_;
  }
  ~FakeClone() override {
    --pool_.living_;
    state_->end("discarded");
  }
  const std::string& name() const override { return name_; }
  bool gone() const override { return state_->gone; }
  std::string why_gone() const override { return state_->why; }
  boost::asio::awaitable<std::unique_ptr<Execution>> execute(ExecuteRequest request) override {
    if (pool_.launch_.count() > 0) co_await pool_.sleep(pool_.launch_);
    heed_fault(PoolCall::execute);
    std::unique_ptr<Execution> execution = std::make_unique<FakeExecution>(pool_, state_, std::move(request));
    co_return execution;
  }
  boost::asio::awaitable<void> pack_layer(std::string path) override {
    heed_fault(PoolCall::pack_layer);
    std::ofstream image(path);
    co_return;
  }

 private:
  void heed_fault(PoolCall call) {
    const Fault fault = pool_.fault_at(call);
    if (fault == Fault::clone_dies) state_->end("a fault");
    if (state_->gone) throw ContainerError("clone " + name_ + " is gone");
    if (fault == Fault::refused) throw ContainerError("clone " + name_ + " refuses");
  }

  FakeClonePool& pool_;
  std::string name_;
  std::shared_ptr<FakeCloneState> state_;
};

FakeClonePool::FakeClonePool(boost::asio::any_io_executor executor, TimeSource& time, Script script)
    : executor_(std::move(executor)), time_(time), script_(std::move(script)), start_up_([](int, int) {
        return Seconds{0.01};
      }) {}

boost::asio::awaitable<void> FakeClonePool::sleep(Seconds span) {
  boost::asio::steady_timer wake(executor_, boost::asio::steady_timer::time_point::max());
  const std::unique_ptr<Alarm> alarm = time_.at(after(time_.now(), span), [&wake] { wake.cancel(); });
  constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  co_await wake.async_wait(token);
}

double FakeClonePool::speed_of(int worker) const {
  const auto slot = static_cast<std::size_t>(worker);
  return slot < speeds_.size() ? speeds_[slot] : 1;
}

boost::asio::awaitable<std::unique_ptr<Clone>> FakeClonePool::obtain(CloneRequest request) {
  const Seconds start_up = start_up_(request.worker, obtained_by_worker_[request.worker]++);
  co_await sleep(start_up);
  const bool fails = fault_at(PoolCall::obtain) != Fault::none || (obtain_fails_ && obtain_fails_());
  if (fails) throw ContainerError("no clone: the script says so");
  std::string name = "fake-" + std::to_string(request.worker) + "-" + std::to_string(++obtained_);
  std::unique_ptr<Clone> clone = std::make_unique<FakeClone>(*this, std::move(name), speed_of(request.worker));
  co_return clone;
}

boost::asio::awaitable<void> FakeClonePool::close() {
  if (fault_at(PoolCall::close) != Fault::none) throw ContainerError("what the run kept cannot be removed");
  co_return;
}

void FakeClonePool::count(const std::string& test, int change) {
  running_ += change;
  most_running_ = std::max(most_running_, running_);
  if (on_change) on_change(test, change);
}

}  // namespace sharder
