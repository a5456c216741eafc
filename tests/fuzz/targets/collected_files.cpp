// Result files that a clone's agent sends for `collect`. Claims: where the stream is cut does not show; no
// path leads out of the directory; there are no more bytes in the files than in the stream.
#include "containers/collected_files.hpp"

#include <fmt/format.h>

#include "tests/fuzz/fuzz.hpp"

namespace sharder::fuzz {
namespace {

std::string to_text(const std::vector<Collected>& files) {
  std::string text;
  for (const Collected& file : files) text += fmt::format("<{}> <{}>\n", file.path, file.bytes);
  return text;
}

}  // namespace
}  // namespace sharder::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sharder::fuzz;
  const std::string_view input = text_of(data, size);
  sharder::CollectedFiles whole, pieces;
  const std::vector<sharder::Collected> files = whole.add(input);
  std::string in_pieces_text;
  in_pieces(input, [&](std::string_view piece) { in_pieces_text += to_text(pieces.add(piece)); });
  claim_equal(in_pieces_text, to_text(files), "the same bytes in other pieces are other files");
  std::size_t total = 0;
  for (const sharder::Collected& file : files) {
    claim(!file.path.starts_with('/') && ("/" + file.path + "/").find("/../") == std::string::npos,
          "a path leads out", file.path);
    total += file.bytes.size();
  }
  claim(total <= input.size(), "more came out than went in");
  return 0;
}
