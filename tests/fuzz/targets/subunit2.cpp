// Subunit version 2, as results and as a list. Claims: where the stream is cut does not show; a packet that was read,
// written and read again is the same; those of check_results and check_listing. A mutator of our own keeps
// checksums right: random bytes would hardly ever pass them.
#include "sharder/suites/subunit2.hpp"

#include <zlib.h>

#include "sharder/suites/list_formats.hpp"
#include "sharder/support/text.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/listing_text.hpp"
#include "tests/fuzz/result_events.hpp"
#include "tests/fuzz/subunit_text.hpp"

namespace sharder::fuzz {
namespace {

using Pieces = std::vector<SubunitPiece>;

void append(Pieces& pieces, const Pieces& more) {
  pieces.insert(pieces.end(), more.begin(), more.end());
}

bool is_clean(const std::string& text) {
  return valid_utf8(text) == text && text.find('\0') == std::string::npos;
}

/// What encode_subunit() replaces or cuts is not the same when it is read again.
bool can_be_written(const SubunitPacket& packet) {
  bool clean = is_clean(packet.test) && is_clean(packet.route) && is_clean(packet.mime) && is_clean(packet.file_name);
  for (const std::string& tag : packet.tags) clean = clean && is_clean(tag);
  return clean && (packet.file.empty() || !packet.file_name.empty());
}

Pieces decoded(std::string_view bytes) {
  Subunit2Decoder decoder;
  Pieces pieces = decoder.feed(bytes);
  append(pieces, decoder.finish());
  return pieces;
}

void check_decoder(std::string_view input) {
  const Pieces whole = decoded(input);
  Subunit2Decoder decoder;
  Pieces pieces;
  in_pieces(input, [&](std::string_view piece) { append(pieces, decoder.feed(piece)); });
  append(pieces, decoder.finish());
  claim_equal(to_text(pieces), to_text(whole), "the same bytes in other pieces tell something else");
  for (const SubunitPiece& piece : whole) {
    if (piece.kind != SubunitPiece::Kind::packet || !can_be_written(piece.packet)) continue;
    const Pieces again = decoded(encode_subunit(piece.packet));
    claim_equal(to_text(again), to_text(Pieces{piece}), "a packet written and read is another");
  }
}

void check_list(std::string_view input) {
  ListingBuilder builder;
  list_subunit(input, {"worker-0"}, builder);
  check_listing(builder.finish());
}

#ifdef SHARDER_FUZZ
/// Wherever something looks like a packet, makes its checksum right.
void repair(std::uint8_t* data, std::size_t size) {
  for (std::size_t at = 0; at + 8 <= size; ++at) {
    if (data[at] != 0xB3 || (data[at + 1] & 0xF0) != 0x20) continue;
    const std::size_t octets = (data[at + 3] >> 6) + 1u;
    std::size_t length = data[at + 3] & 0x3Fu;
    for (std::size_t i = 1; i < octets; ++i) length = length << 8 | data[at + 3 + i];
    if (length < 3 + octets + 4 || length > size - at) continue;
    const auto sum = static_cast<std::uint32_t>(crc32_z(0, data + at, length - 4));
    for (std::size_t i = 0; i < 4; ++i) data[at + length - 4 + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    at += length - 1;
  }
}
#endif

}  // namespace
}  // namespace sharder::fuzz

#ifdef SHARDER_FUZZ
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  const std::size_t mutated = LLVMFuzzerMutate(data, size, most);
  if (seed % 8 != 0) sharder::fuzz::repair(data, mutated);
  return mutated;
}
#endif

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = sharder::fuzz::text_of(data, size);
  sharder::fuzz::check_decoder(input);
  sharder::fuzz::check_list(input);
  sharder::fuzz::check_results([] { return sharder::make_subunit_parser({"worker-0"}); }, input);
  return 0;
}
