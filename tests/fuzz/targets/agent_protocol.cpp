// The protocol between supervisor, keeper and agent. Claims: where the stream is cut does not show; what is
// taken from it is what stands in it; a decoder accepts nothing but what its encoder writes.
#include <fmt/format.h>

#include <optional>

#include "containers/agent/messages.hpp"
#include "containers/collected_files.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace sharder::fuzz {
namespace {

/// Numbers that are descriptors of nothing: closing them does no harm.
constexpr int first_descriptor = 1 << 24;

class Receiver {
 public:
  explicit Receiver(std::string_view input) : descriptors_(static_cast<int>(random_of(input)() % 4)) {
    for (int i = 0; i < descriptors_; ++i) assembler_.add_descriptor(first_descriptor + i);
  }

  void take(std::string_view bytes) {
    assembler_.add(bytes);
    wire::Frame frame;
    wire::Assembler::State state = assembler_.next(frame);
    for (; state == wire::Assembler::State::frame; state = assembler_.next(frame)) {
      stream += wire::encode_header(frame.type, frame.descriptors.size(), frame.body.size()) + frame.body;
      for (const int descriptor : frame.descriptors) told += fmt::format("descriptor {}\n", descriptor);
      told += fmt::format("{} of {} bytes\n", static_cast<int>(frame.type), frame.body.size());
    }
    broken = state == wire::Assembler::State::broken;
  }

  std::string stream, told;
  bool broken = false;

 private:
  wire::Assembler assembler_;
  int descriptors_;
};

void check_frames(std::string_view input) {
  Receiver whole(input), pieces(input);
  whole.take(input);
  in_pieces(input, [&](std::string_view piece) { pieces.take(piece); });
  claim_equal(pieces.told, whole.told, "the same bytes in other pieces are other frames");
  claim(pieces.broken == whole.broken, "the same bytes in other pieces are broken, or are not");
  claim(input.starts_with(whole.stream), "frames are not what the stream holds");
}

template <typename Decode>
void check_decoder(std::string_view body, Decode decode, std::string_view name) {
  if (const auto value = decode(body)) claim_equal(encode(*value), body, name);
}

void check_decoders(std::string_view body) {
  check_decoder(body, wire::decode_run, "decode_run takes what encode does not write");
  check_decoder(body, wire::decode_order, "decode_order takes what encode does not write");
  check_decoder(body, wire::decode_agent_report, "decode_agent_report takes what encode does not write");
  check_decoder(body, wire::decode_report, "decode_report takes what encode does not write");
  check_decoder(body, wire::decode_configure, "decode_configure takes what encode does not write");
  check_decoder(body, wire::decode_make_clone, "decode_make_clone takes what encode does not write");
  check_decoder(body, wire::decode_trouble, "decode_trouble takes what encode does not write");
  if (const auto texts = wire::decode_texts(body))
    claim_equal(wire::encode_texts(*texts), body, "decode_texts takes what encode_texts does not write");
  if (const auto text = wire::decode_text(body))
    claim_equal(wire::encode_text(*text), body, "decode_text takes what encode_text does not write");
}

}  // namespace
}  // namespace sharder::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = sharder::fuzz::text_of(data, size);
  sharder::fuzz::check_frames(input);
  sharder::fuzz::check_decoders(input);
  return 0;
}
