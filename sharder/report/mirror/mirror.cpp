#include "sharder/report/mirror/mirror.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sharder/report/journal/journal.hpp"

namespace sharder {

Mirror::Mirror(std::unique_ptr<MirrorDestination> destination, const TimeSource& time, Publish publish,
               std::size_t most_bytes)
    : destination_(std::move(destination)), time_(time), publish_(std::move(publish)), queue_(most_bytes) {}

void Mirror::consume(const Event& event) {
  if (const auto* listed = std::get_if<TestListed>(&event.payload)) tests_.push_back(listed->test);
  if (std::holds_alternative<RunStarted>(event.payload)) going_on_ = true;
  if (std::holds_alternative<RunFinished>(event.payload)) going_on_ = false;
  std::string line;
  append_journal_line(line, event, tests_);
  if (line.empty()) return;
  queue_.push(std::move(line));
  hand_on();
}

void Mirror::recall(const Event& event) {
  if (const auto* listed = std::get_if<TestListed>(&event.payload)) tests_.push_back(listed->test);
}

void Mirror::hand_on() {
  while (!queue_.empty()) {
    const std::size_t taken = destination_->take(queue_.front());
    if (taken == 0) return;
    queue_.advance(taken);
  }
}

void Mirror::tick() {
  hand_on();
  gather_news();
  if (queue_.dropped() > 0 && !told_of_drops_) {
    told_of_drops_ = true;
    untold_.push_back(
        {Notice::Weight::warning,
         fmt::format("events: {} does not keep up: the oldest lines that wait are dropped", destination_->name())});
  }
  if (going_on_) tell();
}

void Mirror::gather_news() {
  std::vector<Notice> news = destination_->news();
  std::move(news.begin(), news.end(), std::back_inserter(untold_));
}

void Mirror::tell() {
  // What is told is consumed, too: the list is ours no longer when publish_ is called.
  for (Notice& notice : std::exchange(untold_, {})) publish_(std::move(notice));
}

std::string Mirror::finish() {
  const TimePoint deadline = time_.now() + patience;
  bool closed = false;
  for (;;) {
    hand_on();
    if (queue_.empty() && !closed) {
      destination_->close();
      closed = true;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - time_.now());
    if (left <= left.zero() || !destination_->wait(left)) break;
  }
  gather_news();
  std::string text = what_is_missing();
  if (text.empty()) return text;
  for (const Notice& notice : untold_) text += "\n  " + notice.text;
  return text;
}

std::string Mirror::what_is_missing() const {
  const std::uint64_t missing = queue_.pushed() - std::min(queue_.pushed(), destination_->arrived(queue_.gone()));
  if (missing == 0) return {};
  return fmt::format("events: {} of {} lines did not reach {} (journal.ndjson of the run has them all)", missing,
                     queue_.pushed(), destination_->name());
}

}  // namespace sharder
