#include "sharder/suites/list_formats.hpp"
#include "sharder/suites/subunit_reader.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// Version 1 has no word for a test that exists: there the listing starts every test.
bool is_listed(const SubunitPacket& packet) {
  return packet.status == SubunitStatus::exists || packet.status == SubunitStatus::in_progress;
}

/// What of text between packets is quoted.
constexpr std::size_t most_text_bytes = 1000;

/// Takes pieces as they come: all at once, those of a hostile stream would take a hundred times its memory.
class SubunitListing {
 public:
  SubunitListing(const std::vector<std::string>& filter_tags, ListingBuilder& listing)
      : filter_tags_(filter_tags), listing_(listing) {}

  void take(const std::vector<SubunitPiece>& pieces) {
    for (const SubunitPiece& piece : pieces) {
      if (piece.kind == SubunitPiece::Kind::broken)
        listing_.problem("the subunit stream is broken: " + piece.text);
      if (piece.kind == SubunitPiece::Kind::text && text_.size() < most_text_bytes) text_ += piece.text;
      if (piece.kind == SubunitPiece::Kind::packet) take_packet(piece.packet);
    }
  }

  void finish() {
    if (!any_packet_ && !trim(text_).empty())
      listing_.problem("no subunit packet, but text (is the format \"ids\"?): " +
                       printable(trim(text_).substr(0, 200)));
  }

 private:
  void take_packet(const SubunitPacket& packet) {
    any_packet_ = true;
    if (!is_listed(packet) || any_of_tags(packet, filter_tags_)) return;
    Test test;
    test.name = packet.test;
    test.tags = packet.tags;
    listing_.add(std::move(test));
  }

  const std::vector<std::string>& filter_tags_;
  ListingBuilder& listing_;
  std::string text_;
  bool any_packet_ = false;
};

template <class Take>
void read_in_parts(std::string_view output, const Take& take) {
  constexpr std::size_t part_bytes = 64 << 10;
  SubunitReader reader;
  for (std::size_t at = 0; at < output.size(); at += part_bytes)
    take(reader.feed(output.substr(at, part_bytes)));
  take(reader.finish());
}

bool is_text(const std::string& mime) {
  return mime.empty() || mime.starts_with("text/");
}

}  // namespace

void list_subunit(std::string_view output, const std::vector<std::string>& filter_tags,
                  ListingBuilder& listing) {
  SubunitListing tests(filter_tags, listing);
  read_in_parts(output, [&](const std::vector<SubunitPiece>& pieces) { tests.take(pieces); });
  tests.finish();
}

std::string texts_of_subunit(std::string_view output) {
  std::string texts;
  read_in_parts(output, [&](const std::vector<SubunitPiece>& pieces) {
    for (const SubunitPiece& piece : pieces) {
      if (piece.kind == SubunitPiece::Kind::text) texts += piece.text;
      if (piece.kind == SubunitPiece::Kind::packet && is_text(piece.packet.mime)) texts += piece.packet.file;
    }
  });
  return texts;
}

}  // namespace sharder
