// What all fuzz targets share: claims that are checked, and an input that is cut into pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

/// A target is this function of libFuzzer's; what it claims beyond "does not crash" stands in its file's head.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace sharder::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the process, as a crash would, when a claim does not hold.
inline void claim(bool holds, std::string_view what, std::string_view seen = {}, std::string_view expected = {}) {
  if (holds) return;
  const auto print = [](std::string_view head, std::string_view text) {
    std::fputs((std::string(head) + std::string(text) + "\n").c_str(), stderr);
  };
  print("CLAIM BROKEN: ", what);
  if (!seen.empty() || !expected.empty()) print("seen:\n", seen), print("expected:\n", expected);
  std::abort();
}

inline void claim_equal(std::string_view seen, std::string_view expected, std::string_view what) {
  claim(seen == expected, what, seen, expected);
}

/// Randomness that is a function of the input, so that a corpus holds nothing but the format's own bytes.
inline std::mt19937 random_of(std::string_view input) {
  std::uint32_t hash = 2166136261u;
  for (const char c : input) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return std::mt19937(hash);
}

/// Calls `take` with the input piece by piece: mostly a few bytes at a time, now and then many.
template <typename Take>
void in_pieces(std::string_view input, Take take) {
  std::mt19937 random = random_of(input);
  while (!input.empty()) {
    const std::size_t longest = random() % 4 == 0 ? 4096 : 9;
    const std::string piece(input.substr(0, random() % longest + 1));
    take(std::string_view(piece));
    input.remove_prefix(piece.size());
  }
}

}  // namespace sharder::fuzz
