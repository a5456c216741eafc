#include "sharder/simulate/virtual_time.hpp"

#include <algorithm>
#include <utility>

namespace sharder {

class VirtualTime::PendingAlarm : public Alarm {
 public:
  PendingAlarm(Alarms& alarms, TimePoint when, std::function<void()> callback)
      : alarms_(alarms), callback_(std::move(callback)), position_(alarms.emplace(when, this)) {}
  ~PendingAlarm() override {
    if (pending_) alarms_.erase(position_);
  }

  /// Takes itself out of the calendar. The callback may destroy this alarm, so it is called outside of it.
  std::function<void()> take() {
    alarms_.erase(position_);
    pending_ = false;
    return std::move(callback_);
  }

 private:
  Alarms& alarms_;
  std::function<void()> callback_;
  Alarms::iterator position_;
  bool pending_ = true;
};

std::unique_ptr<Alarm> VirtualTime::at(TimePoint when, std::function<void()> callback) {
  return std::make_unique<PendingAlarm>(alarms_, when, std::move(callback));
}

bool VirtualTime::run(boost::asio::io_context& io, const std::function<bool()>& done) {
  for (;;) {
    io.restart();
    while (io.poll() > 0) {
    }
    if (done()) return true;
    if (alarms_.empty() || alarms_.begin()->first == never) return false;
    now_ = std::max(now_, alarms_.begin()->first);
    const std::function<void()> callback = alarms_.begin()->second->take();
    callback();
  }
}

}  // namespace sharder
