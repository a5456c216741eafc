#include "sharder/model/outcome.hpp"

#include <array>

namespace sharder {
namespace {

constexpr std::array<std::string_view, 9> outcome_words{
    "passed", "failed", "skipped", "expected-failure", "unexpected-success", "crashed", "timed-out", "leaked", "lost"};
constexpr std::array<std::string_view, 6> verdict_words{"passed", "failed", "flaky", "skipped", "lost", "not-run"};

template <typename Word, std::size_t size>
std::optional<Word> find_word(const std::array<std::string_view, size>& words, std::string_view word) {
  for (std::size_t i = 0; i < size; ++i)
    if (words[i] == word) return static_cast<Word>(i);
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Outcome outcome) { return outcome_words.at(static_cast<std::size_t>(outcome)); }
std::string_view to_string(Verdict verdict) { return verdict_words.at(static_cast<std::size_t>(verdict)); }
std::optional<Outcome> outcome_from(std::string_view word) { return find_word<Outcome>(outcome_words, word); }
std::optional<Verdict> verdict_from(std::string_view word) { return find_word<Verdict>(verdict_words, word); }

bool is_failure(Outcome outcome) {
  return outcome == Outcome::failed || outcome == Outcome::unexpected_success || outcome == Outcome::crashed ||
         outcome == Outcome::timed_out || outcome == Outcome::leaked;
}

bool is_pass(Outcome outcome) { return outcome == Outcome::passed || outcome == Outcome::expected_failure; }

}  // namespace sharder
