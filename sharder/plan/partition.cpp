#include "sharder/plan/partition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>

namespace sharder {
namespace {

// A group is kept whole up to this part of what a machine gets.
constexpr double group_share = 0.25;

/// Tests that go to a part together.
struct Parcel {
  double seconds = 0;
  std::vector<TestIndex> tests;
};

/// All tests in the alphabetical order of their ids.
std::vector<TestIndex> alphabetical(const std::vector<Test>& tests) {
  std::vector<TestIndex> order(tests.size());
  std::iota(order.begin(), order.end(), TestIndex{0});
  std::stable_sort(order.begin(), order.end(), [&](TestIndex l, TestIndex r) { return tests[l].id < tests[r].id; });
  return order;
}

std::vector<Parcel> make_parcels(const std::vector<Test>& tests, const std::vector<Estimate>& estimates, int parts) {
  double total = 0;
  for (const Estimate& estimate : estimates) total += estimate.expected.count();
  const double most = group_share * total / parts;
  std::vector<Parcel> parcels;
  std::map<std::pair<std::string, std::string>, std::size_t> open;
  for (const TestIndex test : alphabetical(tests)) {
    const double seconds = estimates[test].expected.count() * std::max(tests[test].cores, 1);
    std::size_t parcel = parcels.size();
    if (!tests[test].group.empty()) {
      const auto found = open.try_emplace({tests[test].suite, tests[test].group}, parcel).first;
      if (found->second < parcels.size() && parcels[found->second].seconds + seconds > most) found->second = parcel;
      parcel = found->second;
    }
    if (parcel == parcels.size()) parcels.emplace_back();
    parcels[parcel].seconds += seconds;
    parcels[parcel].tests.push_back(test);
  }
  return parcels;
}

}  // namespace

std::vector<int> partition_tests(const std::vector<Test>& tests, const std::vector<Estimate>& estimates, int parts) {
  std::vector<int> part_of(tests.size());
  if (std::none_of(estimates.begin(), estimates.end(), [](const Estimate& estimate) { return estimate.known(); })) {
    int next = 0;
    for (const TestIndex test : alphabetical(tests)) part_of[test] = next++ % parts;
    return part_of;
  }
  std::vector<Parcel> parcels = make_parcels(tests, estimates, parts);
  std::stable_sort(parcels.begin(), parcels.end(),
                   [](const Parcel& l, const Parcel& r) { return l.seconds > r.seconds; });
  std::vector<double> loads(static_cast<std::size_t>(parts), 0);
  for (const Parcel& parcel : parcels) {
    const auto lightest = std::min_element(loads.begin(), loads.end());
    *lightest += parcel.seconds;
    for (const TestIndex test : parcel.tests) part_of[test] = static_cast<int>(lightest - loads.begin());
  }
  return part_of;
}

std::string division_digest(const std::vector<Test>& tests, const std::vector<int>& part_of, int parts) {
  // FNV-1a: it tells divisions apart that were made by mistake, not on purpose.
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  const auto take = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  };
  for (const TestIndex test : alphabetical(tests)) {
    take(tests[test].id);
    take(fmt::format("\n{}\n", part_of[test]));
  }
  return fmt::format("{:016x}-{}-{}", hash, tests.size(), parts);
}

}  // namespace sharder
