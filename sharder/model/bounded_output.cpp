#include "sharder/model/bounded_output.hpp"

#include <algorithm>

namespace sharder {
namespace {

/// A cut moves at most this far to fall between two lines; longer lines are cut inside.
constexpr std::size_t longest_move = 4096;

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string_view cut_end(std::string_view head) {
  const std::size_t newline = head.rfind('\n');
  if (newline != std::string_view::npos && head.size() - newline <= longest_move)
    return head.substr(0, newline + 1);
  // A character that was cut loses the bytes it still has: its lead and up to three that follow.
  std::size_t lead = head.size();
  while (lead > 0 && head.size() - lead < 3 && continues_character(head[lead - 1])) --lead;
  if (lead == 0) return head;
  const auto first = static_cast<unsigned char>(head[lead - 1]);
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  return lead - 1 + length > head.size() ? head.substr(0, lead - 1) : head;
}

std::string_view cut_begin(std::string_view tail) {
  const std::size_t newline = tail.find('\n');
  if (newline != std::string_view::npos && newline < longest_move && newline + 1 < tail.size())
    return tail.substr(newline + 1);
  std::size_t skipped = 0;
  while (skipped < 3 && skipped < tail.size() && continues_character(tail[skipped])) ++skipped;
  return tail.substr(skipped);
}

}  // namespace

void BoundedOutput::append(std::string_view bytes) {
  total_ += bytes.size();
  const std::size_t to_head = std::min(bytes.size(), half_ - std::min(half_, head_.size()));
  head_ += bytes.substr(0, to_head);
  bytes.remove_prefix(to_head);
  if (bytes.size() > half_) bytes.remove_prefix(bytes.size() - half_), tail_.clear();
  tail_ += bytes;
  // Shortened only now and then, so that a test that writes byte by byte does not move the tail for each.
  if (tail_.size() > 2 * half_) tail_.erase(0, tail_.size() - half_);
}

std::string BoundedOutput::text() const {
  if (total_ <= 2 * half_) return head_ + tail_;
  const std::string_view head = cut_end(head_);
  const std::string_view tail =
      cut_begin(std::string_view(tail_).substr(tail_.size() - std::min(tail_.size(), half_)));
  std::string text(head);
  if (!text.empty() && text.back() != '\n') text += '\n';
  text += "... " + std::to_string(total_ - head.size() - tail.size()) + " bytes left out ...\n";
  text += tail;
  return text;
}

void BoundedOutput::clear() {
  head_.clear();
  tail_.clear();
  total_ = 0;
}

}  // namespace sharder
