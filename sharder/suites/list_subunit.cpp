#include "sharder/suites/list_formats.hpp"
#include "sharder/suites/subunit_reader.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// Version 1 has no word for a test that exists: there the listing starts every test.
bool is_listed(const SubunitPacket& packet) {
  return packet.status == SubunitStatus::exists || packet.status == SubunitStatus::in_progress;
}

}  // namespace

void list_subunit(std::string_view output, const std::vector<std::string>& filter_tags,
                  ListingBuilder& listing) {
  SubunitReader reader;
  std::vector<SubunitPiece> pieces = reader.feed(output);
  const std::vector<SubunitPiece> last = reader.finish();
  pieces.insert(pieces.end(), last.begin(), last.end());
  std::string text;
  bool any_packet = false;
  for (const SubunitPiece& piece : pieces) {
    any_packet = any_packet || piece.kind == SubunitPiece::Kind::packet;
    if (piece.kind == SubunitPiece::Kind::broken)
      listing.problem("the subunit stream is broken: " + piece.text);
    if (piece.kind == SubunitPiece::Kind::text) text += piece.text;
    if (piece.kind != SubunitPiece::Kind::packet || !is_listed(piece.packet)) continue;
    if (any_of_tags(piece.packet, filter_tags)) continue;
    Test test;
    test.name = piece.packet.test;
    test.tags = piece.packet.tags;
    listing.add(std::move(test));
  }
  if (!any_packet && !trim(text).empty())
    listing.problem("no subunit packet, but text (is the format \"ids\"?): " +
                    printable(trim(text).substr(0, 200)));
}

}  // namespace sharder
