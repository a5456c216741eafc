// How bytes between supervisor, launcher and agent are cut into frames and values: the codec alone, no
// sockets and no meaning (messages.hpp). Everything read here may come from a hostile clone: nothing throws,
// nothing reads beyond its bytes, every size has a bound. Also compiled into the static agent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace sharder::wire {

inline constexpr std::uint32_t frame_magic = 0x72647368;  // "shdr"
inline constexpr std::uint8_t protocol_version = 1;
inline constexpr std::size_t header_bytes = 12;
/// Files for an execution travel inside a frame; nothing else comes near this.
inline constexpr std::uint32_t max_frame_bytes = 8u << 20;
/// The kernel passes at most 253 descriptors at once; a cell needs about a dozen.
inline constexpr std::size_t max_descriptors = 128;

enum class FrameType : std::uint8_t {
  // supervisor -> server
  configure = 1,
  make_clone,
  close_pool,
  // server -> supervisor
  configured = 10,
  refused,
  pool_closed,
  noted,  // make_clone: its keeper says more
  // supervisor -> keeper; `run`, `kill` and `checkpoint` go on to the agent
  run = 20,
  kill,
  checkpoint,
  pack_layer,
  // keeper -> supervisor
  clone_ready = 30,
  clone_failed,
  clone_gone,
  ended,
  checkpointed,
  packed,
  // agent -> keeper
  hello = 40,
  agent_ended,
  agent_checkpointed,
};

/// A message with the descriptors that came with it, which belong to whoever holds the frame.
struct Frame {
  FrameType type{};
  std::string body;
  std::vector<int> descriptors;
};

/// Appends values, little-endian, to a body.
class Writer {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  void i32(std::int32_t value) { u32(static_cast<std::uint32_t>(value)); }
  void flag(bool value) { u8(value ? 1 : 0); }
  void text(std::string_view value);
  void texts(const std::vector<std::string>& values);
  std::string take() { return std::move(bytes_); }

 private:
  void number(std::uint64_t value, int bytes);
  std::string bytes_;
};

/// Reads what a Writer wrote. After the first value that is not there, ok() is false and every further value
/// is zero or empty.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  /// A flag is 0 or 1.
  bool flag();
  std::string text();
  std::vector<std::string> texts();
  /// A number of elements that follow; false in ok() when so many cannot be there (each takes a byte at
  /// least).
  std::uint32_t count();
  bool ok() const { return ok_; }
  /// Everything was there, and nothing else.
  bool complete() const { return ok_ && bytes_.empty(); }

 private:
  std::uint64_t number(std::size_t bytes);
  std::string_view bytes_;
  bool ok_ = true;
};

/// The twelve bytes before a body.
std::string encode_header(FrameType type, std::size_t descriptors, std::size_t body_bytes);

/// Puts frames together from bytes and descriptors as they arrive.
class Assembler {
 public:
  Assembler() = default;
  Assembler(Assembler&& other) noexcept;
  Assembler(const Assembler&) = delete;
  Assembler& operator=(const Assembler&) = delete;
  Assembler& operator=(Assembler&&) = delete;
  ~Assembler();  // closes descriptors that no frame took

  void add(std::string_view bytes) { buffer_.append(bytes); }
  void add_descriptor(int fd) { descriptors_.push_back(fd); }
  enum class State { incomplete, frame, broken };
  /// Takes the next frame out. `broken` is final: magic, version or a bound was violated.
  State next(Frame& frame);

 private:
  std::string buffer_;
  std::size_t start_ = 0;
  std::deque<int> descriptors_;
  bool broken_ = false;
};

}  // namespace sharder::wire
