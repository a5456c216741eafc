#include "sharder/report/mirror/line_queue.hpp"

#include "sharder/support/errors.hpp"

namespace sharder {

void LineQueue::push(std::string line) {
  ++pushed_;
  bytes_ += line.size();
  lines_.push_back(std::move(line));
  make_room();
}

void LineQueue::make_room() {
  while (bytes_ > most_bytes_) {
    const auto oldest = lines_.begin() + (begun_ > 0 ? 1 : 0);
    if (oldest == lines_.end()) return;
    bytes_ -= oldest->size();
    lines_.erase(oldest);
    ++dropped_;
  }
}

std::string_view LineQueue::front() const {
  return lines_.empty() ? std::string_view() : std::string_view(lines_.front()).substr(begun_);
}

void LineQueue::advance(std::size_t bytes) {
  if (bytes == 0) return;
  begun_ += bytes;
  SHARDER_ASSERT(!lines_.empty() && begun_ <= lines_.front().size());
  if (begun_ < lines_.front().size()) return;
  bytes_ -= lines_.front().size();
  lines_.pop_front();
  begun_ = 0;
  ++gone_;
}

}  // namespace sharder
