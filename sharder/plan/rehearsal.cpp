#include "sharder/plan/rehearsal.hpp"

#include <queue>

#include "sharder/plan/queue.hpp"

namespace sharder {
namespace {

struct Running {
  Seconds end;
  int worker;
  TestIndex test;
  bool operator>(const Running& other) const { return end > other.end; }
};

}  // namespace

Seconds rehearse(const std::vector<Test>& tests, const Ties& ties, const Plan& plan) {
  Queue queue(tests, ties, plan, [](const Test&) { return true; });
  std::priority_queue<Running, std::vector<Running>, std::greater<>> running;
  std::vector<int> idle;
  for (int worker = plan.settings.workers; worker > 0; --worker) idle.push_back(worker - 1);
  Seconds now{0};
  for (;;) {
    for (std::size_t i = idle.size(); i > 0; --i) {
      const std::optional<TestIndex> test = queue.take(idle[i - 1], now);
      if (!test) continue;
      running.push({now + plan.estimates[*test].expected, idle[i - 1], *test});
      idle.erase(idle.begin() + static_cast<std::ptrdiff_t>(i - 1));
    }
    if (running.empty()) return now;
    const Running next = running.top();
    running.pop();
    now = next.end;
    queue.release(next.test);
    queue.mark_ran(next.test);
    idle.push_back(next.worker);
  }
}

}  // namespace sharder
