#include "sharder/report/merge/numbers.hpp"

#include <algorithm>
#include <concepts>
#include <type_traits>

namespace sharder {
namespace {

/// The numbers in an event; null where it has none.
template <typename Number, typename Index>
struct Numbers {
  Index* test = nullptr;
  Number* attempt = nullptr;
  Number* worker = nullptr;
};

/// Of any event, constant or not.
struct Find {
  template <typename Event>
  auto operator()(Event& event) const {
    if constexpr (requires { event.record; }) {
      return (*this)(event.record);
    } else {
      constexpr bool fixed = std::is_const_v<Event>;
      Numbers<std::conditional_t<fixed, const int, int>, std::conditional_t<fixed, const TestIndex, TestIndex>> found;
      if constexpr (requires { { event.test } -> std::convertible_to<TestIndex>; }) found.test = &event.test;
      if constexpr (requires { event.attempt; }) found.attempt = &event.attempt;
      if constexpr (requires { event.worker; }) found.worker = &event.worker;
      return found;
    }
  }
};

}  // namespace

void MergeNumbers::count(const EventPayload& payload) {
  const auto numbers = std::visit(Find{}, payload);
  if (numbers.worker != nullptr) workers = std::max(workers, *numbers.worker + 1);
  if (numbers.attempt == nullptr) return;
  int& counted = attempts[*numbers.test];
  counted = std::max(counted, *numbers.attempt);
}

bool MergeNumbers::can_count(const EventPayload& payload) {
  const auto numbers = std::visit(Find{}, payload);
  const bool worker = numbers.worker == nullptr || (*numbers.worker >= 0 && *numbers.worker < most_numbers);
  return worker && (numbers.attempt == nullptr || (*numbers.attempt > 0 && *numbers.attempt < most_numbers));
}

void renumber(EventPayload& payload, const MergeNumbers& before, int sign) {
  const auto numbers = std::visit(Find{}, payload);
  if (numbers.worker != nullptr) *numbers.worker += sign * before.workers;
  if (numbers.attempt != nullptr) *numbers.attempt += sign * before.attempts_at(*numbers.test);
}

TestIndex* test_in(EventPayload& payload) { return std::visit(Find{}, payload).test; }
const TestIndex* test_in(const EventPayload& payload) { return std::visit(Find{}, payload).test; }

}  // namespace sharder
