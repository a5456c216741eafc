#include "containers/agent/protocol.hpp"

#include <unistd.h>

#include <utility>

namespace sharder::wire {

void Writer::number(std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) bytes_.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

void Writer::text(std::string_view value) {
  u32(static_cast<std::uint32_t>(value.size()));
  bytes_.append(value);
}

void Writer::texts(const std::vector<std::string>& values) {
  u32(static_cast<std::uint32_t>(values.size()));
  for (const std::string& value : values) text(value);
}

std::uint64_t Reader::number(std::size_t bytes) {
  if (!ok_ || bytes_.size() < bytes) {
    ok_ = false;
    return 0;
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_[i])) << (8 * i);
  bytes_.remove_prefix(bytes);
  return value;
}

bool Reader::flag() {
  const std::uint8_t value = u8();
  if (value > 1) ok_ = false;
  return ok_ && value == 1;
}

std::string Reader::text() {
  const std::uint32_t size = u32();
  if (!ok_ || bytes_.size() < size) {
    ok_ = false;
    return {};
  }
  std::string value(bytes_.substr(0, size));
  bytes_.remove_prefix(size);
  return value;
}

std::uint32_t Reader::count() {
  const std::uint32_t elements = u32();
  if (elements > bytes_.size()) ok_ = false;
  return ok_ ? elements : 0;
}

std::vector<std::string> Reader::texts() {
  std::vector<std::string> values;
  const std::uint32_t elements = count();
  for (std::uint32_t i = 0; i < elements && ok_; ++i) values.push_back(text());
  if (!ok_) values.clear();
  return values;
}

std::string encode_header(FrameType type, std::size_t descriptors, std::size_t body_bytes) {
  Writer writer;
  writer.u32(frame_magic);
  writer.u8(protocol_version);
  writer.u8(static_cast<std::uint8_t>(type));
  writer.u8(static_cast<std::uint8_t>(descriptors));
  writer.u8(0);
  writer.u32(static_cast<std::uint32_t>(body_bytes));
  return writer.take();
}

Assembler::Assembler(Assembler&& other) noexcept
    : buffer_(std::move(other.buffer_)),
      start_(std::exchange(other.start_, 0)),
      descriptors_(std::exchange(other.descriptors_, {})),
      broken_(other.broken_) {}

Assembler::~Assembler() {
  for (const int fd : descriptors_) ::close(fd);
}

Assembler::State Assembler::next(Frame& frame) {
  const std::string_view pending = std::string_view(buffer_).substr(start_);
  if (broken_) return State::broken;
  if (pending.size() < header_bytes) return State::incomplete;

  Reader header(pending.substr(0, header_bytes));
  const bool known = header.u32() == frame_magic && header.u8() == protocol_version;
  const auto type = static_cast<FrameType>(header.u8());
  const std::size_t descriptors = header.u8();
  const bool reserved = header.u8() != 0;
  const std::uint32_t size = header.u32();
  if (!known || reserved || descriptors > max_descriptors || size > max_frame_bytes) {
    broken_ = true;
    return State::broken;
  }
  if (pending.size() < header_bytes + size) return State::incomplete;
  // Descriptors travel with a frame's first byte: when its last byte is here, so are they.
  if (descriptors_.size() < descriptors) {
    broken_ = true;
    return State::broken;
  }

  frame.type = type;
  frame.body.assign(pending.substr(header_bytes, size));
  frame.descriptors.assign(descriptors_.begin(),
                           descriptors_.begin() + static_cast<std::ptrdiff_t>(descriptors));
  descriptors_.erase(descriptors_.begin(), descriptors_.begin() + static_cast<std::ptrdiff_t>(descriptors));
  start_ += header_bytes + size;
  if (start_ == buffer_.size()) {
    buffer_.clear();
    start_ = 0;
  } else if (start_ > (1u << 16)) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  return State::frame;
}

}  // namespace sharder::wire
