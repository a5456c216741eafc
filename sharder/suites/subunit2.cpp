#include "sharder/suites/subunit2.hpp"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr char signature = '\xB3';
constexpr unsigned version_bits = 0x2000;
constexpr unsigned has_test = 0x0800, has_route = 0x0400, has_time = 0x0200, is_runnable = 0x0100,
                   has_tags = 0x0080, has_file = 0x0040, has_mime = 0x0020, at_end_of_file = 0x0010,
                   reserved_bit = 0x0008;
constexpr unsigned status_bits = 0x0007;

constexpr std::size_t header_bytes = 3;  // signature and flags; the length follows
constexpr std::size_t crc_bytes = 4;
constexpr std::size_t longest_packet_bytes = (4 << 20) - 1;
/// A packet of empty tags only would otherwise cost a hundred times its size.
constexpr std::uint32_t most_tags = 10'000;
/// What of a file goes into one packet; small enough that a reader shows progress, large enough to cost
/// nothing.
constexpr std::size_t file_chunk_bytes = 256 << 10;

/// After that many broken packets a broken one is skipped whole instead of searched for the next: that keeps
/// a hostile stream of signatures from costing a checksum of 4 MiB for every byte.
constexpr int patience_packets = 16;

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

void put_big_endian(std::string& out, std::uint32_t value, int octets) {
  for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

void put_number(std::string& out, std::uint32_t value) {
  if (value < 1u << 6)
    put_big_endian(out, value, 1);
  else if (value < 1u << 14)
    put_big_endian(out, value | 0x4000u, 2);
  else if (value < 1u << 22)
    put_big_endian(out, value | 0x800000u, 3);
  else
    put_big_endian(out, value | 0xC0000000u, 4);
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

unsigned flags_of(const SubunitPacket& packet) {
  unsigned flags = version_bits | static_cast<unsigned>(packet.status);
  if (!packet.test.empty()) flags |= has_test;
  if (!packet.route.empty()) flags |= has_route;
  if (packet.time) flags |= has_time;
  if (packet.runnable) flags |= is_runnable;
  if (!packet.tags.empty()) flags |= has_tags;
  if (!packet.file_name.empty()) flags |= has_file;
  if (!packet.mime.empty()) flags |= has_mime;
  if (packet.end_of_file) flags |= at_end_of_file;
  return flags;
}

/// Strings of a packet are UTF-8 without NUL, and one packet holds 4 MiB; ids and tags beyond 64 KiB are cut.
std::string packet_text(std::string_view text) {
  constexpr std::size_t longest = 64 << 10;
  return replace_all(valid_utf8(text.substr(0, longest)), std::string_view("\0", 1), "\xEF\xBF\xBD");
}

std::string encode_one(const SubunitPacket& packet, std::string_view file) {
  std::string body;
  if (packet.time) {
    put_big_endian(body, packet.time->seconds, 4);
    put_number(body, packet.time->nanoseconds);
  }
  if (!packet.test.empty()) put_text(body, packet_text(packet.test));
  if (!packet.tags.empty()) {
    put_number(body, static_cast<std::uint32_t>(packet.tags.size()));
    for (const std::string& tag : packet.tags) put_text(body, packet_text(tag));
  }
  if (!packet.mime.empty()) put_text(body, packet_text(packet.mime));
  if (!packet.file_name.empty()) {
    put_text(body, packet_text(packet.file_name));
    put_text(body, file);
  }
  if (!packet.route.empty()) put_text(body, packet_text(packet.route));

  // The length counts itself: one octet while the whole stays below 64, and so on.
  const std::size_t rest = header_bytes + body.size() + crc_bytes;
  const std::size_t own = rest + 1 < 1u << 6 ? 1 : rest + 2 < 1u << 14 ? 2 : 3;
  std::string bytes(1, signature);
  put_big_endian(bytes, flags_of(packet), 2);
  put_number(bytes, static_cast<std::uint32_t>(rest + own));
  bytes += body;
  put_big_endian(bytes, checksum(bytes), 4);
  return bytes;
}

/// Takes fields off the front of a packet; `failed` once something does not fit.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t big_endian(std::size_t octets) {
    std::uint32_t value = 0;
    for (const char c : take(octets)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::uint32_t number() {
    if (bytes_.empty()) return failed_ = true, 0;
    const std::size_t octets = (static_cast<unsigned char>(bytes_[0]) >> 6) + 1u;
    const std::uint32_t value = big_endian(octets);
    return octets == 4 ? value & 0x3FFFFFFFu : value & ((1u << (8 * octets - 2)) - 1);
  }
  std::string text() { return std::string(take(number())); }
  bool failed() const { return failed_; }
  bool at_end() const { return bytes_.empty(); }
  std::size_t left() const { return bytes_.size(); }

 private:
  std::string_view take(std::size_t count) {
    if (count > bytes_.size()) {
      failed_ = true;
      bytes_ = {};
      return {};
    }
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  std::string_view bytes_;
  bool failed_ = false;
};

/// The fields between length and checksum, or nothing when they do not fill that space exactly.
std::optional<SubunitPacket> decode_fields(unsigned flags, std::string_view body) {
  FieldReader fields(body);
  SubunitPacket packet;
  packet.status = static_cast<SubunitStatus>(flags & status_bits);
  packet.runnable = (flags & is_runnable) != 0;
  packet.end_of_file = (flags & at_end_of_file) != 0;
  if ((flags & has_time) != 0) {
    const std::uint32_t seconds = fields.big_endian(4);
    packet.time = SubunitTime{seconds, fields.number()};
  }
  if ((flags & has_test) != 0) packet.test = fields.text();
  if ((flags & has_tags) != 0) {
    std::uint32_t count = fields.number();
    if (count > most_tags) return std::nullopt;
    for (; count > 0 && !fields.failed(); --count) packet.tags.push_back(fields.text());
  }
  if ((flags & has_mime) != 0) packet.mime = fields.text();
  if ((flags & has_file) != 0) {
    packet.file_name = fields.text();
    packet.file = fields.text();
  }
  if ((flags & has_route) != 0) packet.route = fields.text();
  if (fields.failed() || !fields.at_end()) return std::nullopt;
  return packet;
}

}  // namespace

bool any_of_tags(const SubunitPacket& packet, const std::vector<std::string>& tags) {
  return std::find_first_of(packet.tags.begin(), packet.tags.end(), tags.begin(), tags.end()) !=
         packet.tags.end();
}

std::string encode_subunit(const SubunitPacket& packet) {
  if (packet.file.size() <= file_chunk_bytes) return encode_one(packet, packet.file);
  SubunitPacket part = packet;
  part.status = SubunitStatus::none;
  part.end_of_file = false;
  part.tags.clear();
  part.file.clear();
  std::string bytes;
  std::string_view file = packet.file;
  for (; file.size() > file_chunk_bytes; file.remove_prefix(file_chunk_bytes))
    bytes += encode_one(part, file.substr(0, file_chunk_bytes));
  return bytes += encode_one(packet, file);
}

std::vector<SubunitPiece> Subunit2Decoder::feed(std::string_view bytes) {
  std::vector<SubunitPiece> pieces;
  buffer_ += bytes;
  decode(pieces);
  buffer_.erase(0, std::exchange(at_, 0));
  return pieces;
}

std::vector<SubunitPiece> Subunit2Decoder::finish() {
  std::vector<SubunitPiece> pieces;
  while (at_ < buffer_.size()) {
    skip_broken(buffer_.size() - at_, "the stream ended inside a packet", pieces);
    decode(pieces);
  }
  buffer_.clear();
  at_ = 0;
  return pieces;
}

bool Subunit2Decoder::skip_text(std::vector<SubunitPiece>& pieces) {
  std::size_t end = at_;
  bool found = false;
  for (; end < buffer_.size() && !found; ++end) {
    found = buffer_[end] == signature && (packet_may_begin_ || searching_);
    if (found) break;
    packet_may_begin_ = buffer_[end] == '\n';
  }
  if (end > at_) pieces.push_back({SubunitPiece::Kind::text, {}, buffer_.substr(at_, end - at_)});
  at_ = end;
  return found;
}

void Subunit2Decoder::skip_broken(std::size_t length, const char* why, std::vector<SubunitPiece>& pieces) {
  if (broken_packets_ < patience_packets) {
    pieces.push_back({SubunitPiece::Kind::broken, {}, why});
    length = 1;  // only the signature: the next packet may begin within what this one claimed
  }
  ++broken_packets_;
  at_ += length;
  packet_may_begin_ = false;
  searching_ = true;
}

void Subunit2Decoder::decode(std::vector<SubunitPiece>& pieces) {
  while (skip_text(pieces)) {
    const std::string_view rest = std::string_view(buffer_).substr(at_);
    constexpr std::size_t longest_length_field = 4;
    if (rest.size() < header_bytes + longest_length_field) return;
    FieldReader header(rest.substr(1, 2 + longest_length_field));
    const unsigned flags = header.big_endian(2);
    const std::size_t before = header.left();
    const std::size_t length = header.number();
    const std::size_t front = header_bytes + before - header.left();
    if ((flags & 0xF000) != version_bits || (flags & reserved_bit) != 0 || length > longest_packet_bytes ||
        length < front + crc_bytes) {
      skip_broken(1, "a packet's header makes no sense", pieces);
      continue;
    }
    if (rest.size() < length) return;
    const std::string_view checked = rest.substr(0, length - crc_bytes);
    FieldReader crc(rest.substr(length - crc_bytes, crc_bytes));
    std::optional<SubunitPacket> packet;
    if (crc.big_endian(crc_bytes) == checksum(checked)) packet = decode_fields(flags, checked.substr(front));
    if (!packet) {
      skip_broken(length, "a packet's checksum is wrong", pieces);
      continue;
    }
    pieces.push_back({SubunitPiece::Kind::packet, std::move(*packet), {}});
    at_ += length;
    packet_may_begin_ = true;
    searching_ = false;
  }
}

}  // namespace sharder
