// Subunit version 1. Claims: where the stream is cut does not show; every packet has a test; those of check_results.
#include "sharder/suites/subunit1.hpp"

#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/result_events.hpp"
#include "tests/fuzz/subunit_text.hpp"

namespace {

using Pieces = std::vector<sharder::SubunitPiece>;

void append(Pieces& pieces, const Pieces& more) {
  pieces.insert(pieces.end(), more.begin(), more.end());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sharder::fuzz;
  const std::string_view input = text_of(data, size);
  sharder::Subunit1Decoder whole_decoder, pieces_decoder;
  Pieces whole = whole_decoder.feed(input), pieces;
  append(whole, whole_decoder.finish());
  in_pieces(input, [&](std::string_view piece) { append(pieces, pieces_decoder.feed(piece)); });
  append(pieces, pieces_decoder.finish());
  claim_equal(to_text(pieces), to_text(whole), "the same bytes in other pieces tell something else");
  for (const sharder::SubunitPiece& piece : whole)
    claim(piece.kind != sharder::SubunitPiece::Kind::packet || !piece.packet.test.empty(), "a packet of no test");
  const std::string stream = "test: a\n" + std::string(input);
  check_results([] { return sharder::make_subunit_parser({"worker-0"}); }, stream);
  return 0;
}
