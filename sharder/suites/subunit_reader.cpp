#include "sharder/suites/subunit_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sharder {
namespace {

/// How a stream of version 1 begins; what else is text may stand in front of packets of version 2.
constexpr std::array<std::string_view, 7> version1_words{"time: ", "test: ",     "testing: ", "test ",
                                                         "tags: ", "progress: ", "testing "};

template <typename Step>
std::vector<SubunitPiece> with_decoder(
    std::variant<std::monostate, Subunit1Decoder, Subunit2Decoder>& decoder, Step step) {
  if (auto* version1 = std::get_if<Subunit1Decoder>(&decoder)) return step(*version1);
  if (auto* version2 = std::get_if<Subunit2Decoder>(&decoder)) return step(*version2);
  return {};
}

}  // namespace

bool SubunitReader::decide(bool at_end) {
  constexpr std::size_t longest_word = 10;
  const std::size_t first_packet = undecided_.find('\xB3');
  if (undecided_.size() < longest_word && first_packet != 0 && !at_end) return false;
  const bool version1 = std::any_of(version1_words.begin(), version1_words.end(),
                                    [&](std::string_view word) { return undecided_.starts_with(word); });
  if (version1)
    decoder_.emplace<Subunit1Decoder>();
  else
    decoder_.emplace<Subunit2Decoder>();
  return true;
}

std::vector<SubunitPiece> SubunitReader::feed(std::string_view bytes) {
  if (decoder_.index() == 0) {
    undecided_ += bytes;
    if (!decide(false)) return {};
    const std::string held = std::exchange(undecided_, {});
    return with_decoder(decoder_, [&](auto& decoder) { return decoder.feed(held); });
  }
  return with_decoder(decoder_, [&](auto& decoder) { return decoder.feed(bytes); });
}

std::vector<SubunitPiece> SubunitReader::finish() {
  std::vector<SubunitPiece> pieces;
  if (decoder_.index() == 0) {
    decide(true);
    const std::string held = std::exchange(undecided_, {});
    pieces = with_decoder(decoder_, [&](auto& decoder) { return decoder.feed(held); });
  }
  std::vector<SubunitPiece> last = with_decoder(decoder_, [](auto& decoder) { return decoder.finish(); });
  pieces.insert(pieces.end(), std::make_move_iterator(last.begin()), std::make_move_iterator(last.end()));
  return pieces;
}

}  // namespace sharder
