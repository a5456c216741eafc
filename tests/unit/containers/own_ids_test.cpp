#include "containers/rootfs/own_ids.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace sharder::rootfs {
namespace {

constexpr OwnIds usual{1000, 100000};

/// As /proc/self/uid_map shows a map: in columns.
std::string as_kernel_shows(const IdMap& map) {
  std::ostringstream text;
  for (const IdMap::Line& line : map.lines()) {
    text.width(10);
    text << line.inside << ' ';
    text.width(10);
    text << line.outside << ' ';
    text.width(10);
    text << line.count << '\n';
  }
  return text.str();
}

TEST(OwnIds, AreTheUsersFirstRangeThatIsLargeEnough) {
  const char* file = "# none\nsomebody:100000:65536\nanna:5000:100\n1000:200000:65536\nanna:300000:65536\n";
  EXPECT_EQ(find_own_range(file, "anna", 1000), 200000u);
  EXPECT_EQ(find_own_range(file, "anna", 1001), 300000u);
  EXPECT_EQ(find_own_range(file, "bert", 1002), std::nullopt);
}

TEST(OwnIds, AreNotReadFromDamagedLines) {
  for (const char* file : {"anna:0:65536\n", "anna:x:65536\n", "anna:100000\n", "anna:100000:65535\n",
                           "anna:100000:65536:1\n", "anna:99999999999:65536\n", ""})
    EXPECT_EQ(find_own_range(file, "anna", 1000), std::nullopt) << file;
}

TEST(OwnIds, OfABaseStandForTheRangeAndTheUserForHimself) {
  const IdMap map = base_map(usual);
  EXPECT_EQ(map.outside(0), 100000u);
  EXPECT_EQ(map.outside(999), 100999u);
  EXPECT_EQ(map.outside(1000), 1000u);
  EXPECT_EQ(map.outside(1001), 101001u);
  EXPECT_EQ(map.outside(65534), 165534u);
  EXPECT_EQ(map.outside(65535), std::nullopt);
}

TEST(OwnIds, OfKeepersAreNobodysInAClone) {
  const IdMap keepers = keeper_map(usual), base = base_map(usual);
  EXPECT_EQ(keepers.outside(0), 165535u);
  for (std::uint32_t id = 0; id < own_clone_ids; ++id) ASSERT_NE(base.outside(id), 165535u);
}

TEST(OwnIds, OfAnIdAtEitherEndOfTheRangeKeepTheirPlaces) {
  for (const std::uint32_t self : {1u, 65533u, 65534u, 65535u, 70000u, 2000000000u}) {
    const IdMap map = base_map({self, 100000});
    EXPECT_EQ(map.outside(self), self);
    for (const std::uint32_t id : {0u, 2u, 1000u, 65532u}) EXPECT_EQ(map.outside(id), 100000 + id) << self;
  }
}

TEST(OwnIds, AreFoundAgainFromWithinTheKeepersNamespace) {
  for (const std::uint32_t self : {1u, 1000u, 65534u, 65535u, 2000000000u}) {
    const OwnIds ids{self, 100000};
    const auto clones = clone_map_within(as_kernel_shows(keeper_map(ids)));
    ASSERT_TRUE(clones) << self;
    const IdMap base = base_map(ids), keepers = keeper_map(ids);
    for (const std::uint32_t id : {0u, 1u, 999u, 1000u, 65534u, self}) {
      ASSERT_TRUE(clones->outside(id)) << id;
      EXPECT_EQ(keepers.outside(*clones->outside(id)), base.outside(id)) << self << ": " << id;
    }
    EXPECT_EQ(clones->base(), first_range);
  }
}

TEST(OwnIds, AreNotFoundInOtherNamespaces) {
  EXPECT_FALSE(clone_map_within("         0          0 4294967295\n"));
  EXPECT_FALSE(clone_map_within("         0 1879048192      65536\n"));
  EXPECT_FALSE(clone_map_within(""));
}

}  // namespace
}  // namespace sharder::rootfs
