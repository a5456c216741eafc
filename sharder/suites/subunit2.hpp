// Subunit version 2 as bytes: packets out of a stream, and packets into one. What the packets mean is decided
// elsewhere. Source: the format's description in python-subunit 1.4 (README.rst), whose tools read and write
// the same.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sharder {

enum class SubunitStatus : std::uint8_t {
  none,
  exists,
  in_progress,
  success,
  unexpected_success,
  skip,
  fail,
  expected_failure
};

/// Time of a packet: UTC, as seconds and nanoseconds since the epoch.
struct SubunitTime {
  std::uint32_t seconds = 0, nanoseconds = 0;
  bool operator==(const SubunitTime&) const = default;
};

struct SubunitPacket {
  SubunitStatus status = SubunitStatus::none;
  bool runnable = true;
  bool end_of_file = false;
  std::optional<SubunitTime> time;
  std::string test;   // "" for none
  std::string route;  // "" for none
  std::vector<std::string> tags;
  std::string mime;       // "" for none
  std::string file_name;  // "" for no file
  std::string file;
  bool operator==(const SubunitPacket&) const = default;
};

bool any_of_tags(const SubunitPacket& packet, const std::vector<std::string>& tags);

/// The packet's bytes. A file that does not fit into one packet is split over several; only the last one
/// carries the status and the end of file.
std::string encode_subunit(const SubunitPacket& packet);

/// What a decoder finds in a stream.
struct SubunitPiece {
  enum class Kind { packet, text, broken } kind = Kind::text;
  SubunitPacket packet;
  std::string text;  // of `broken`: what is wrong
};

/// Finds packets in a stream that comes in pieces. Bytes outside packets are text. Never throws; holds back
/// at most one packet (4 MiB); total time is linear in the stream.
class Subunit2Decoder {
 public:
  std::vector<SubunitPiece> feed(std::string_view bytes);
  /// The stream has ended: what is held back is an unfinished packet.
  std::vector<SubunitPiece> finish();

 private:
  void decode(std::vector<SubunitPiece>& pieces);
  /// Takes text up to where the next packet may begin; false when the buffer holds no such place yet.
  bool skip_text(std::vector<SubunitPiece>& pieces);
  /// Bytes of a packet that is known to be broken.
  void skip_broken(std::size_t length, const char* why, std::vector<SubunitPiece>& pieces);

  std::string buffer_;
  std::size_t at_ = 0;            // what of the buffer is done with
  bool packet_may_begin_ = true;  // at the start of the stream, after a packet, after a line end
  bool searching_ = false;        // after a broken packet: the next one may begin anywhere
  int broken_packets_ = 0;
};

}  // namespace sharder
