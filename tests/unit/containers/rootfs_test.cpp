#include <gtest/gtest.h>

#include "containers/rootfs/file_systems.hpp"
#include "containers/rootfs/id_map.hpp"
#include "containers/rootfs/layer_image.hpp"

namespace sharder::rootfs {
namespace {

TEST(FileSystems, AreTheOnesThatHoldFiles) {
  const std::vector<MountPoint> mounts = parse_mountinfo(
      "22 27 0:21 / /proc rw - proc proc rw\n"
      "27 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n"
      "28 27 254:1 / /srv/with\\040blank rw master:1 - xfs /dev/vdb rw\n"
      "29 27 0:40 / /tmp rw - tmpfs tmpfs rw\n"
      "30 27 254:2 / /run/media rw - ext4 /dev/vdc rw\n"
      "31 27 254:3 / /home rw - ext4 /dev/vdd rw\n"
      "short line\n");
  std::string names;
  for (const MountPoint& mount : real_file_systems(mounts)) names += mount.type + ":" + mount.path + "\n";
  EXPECT_EQ(names, "ext4:/home\nxfs:/srv/with blank\n");
}

TEST(FileSystems, ALaterMountCoversAnEarlierOne) {
  const std::vector<MountPoint> mounts =
      parse_mountinfo("1 0 1:1 / /data rw - ext4 a rw\n2 0 1:2 / /data rw - tmpfs b rw\n");
  ASSERT_EQ(mounts.size(), 1u);
  EXPECT_EQ(mounts[0].type, "tmpfs");
}

TEST(FileSystems, NamesThatOnlyBeginAlikeAreNotWithin) {
  EXPECT_TRUE(is_within("/a/b", "/a"));
  EXPECT_TRUE(is_within("/a", "/a"));
  EXPECT_TRUE(is_within("/a", "/"));
  EXPECT_FALSE(is_within("/ab", "/a"));
}

TEST(IdMap, GivesIdsAboveTheUsualOnesALineOfTheirOwn) {
  IdMap map(first_range);
  map.include(1000);
  map.include(200000);
  map.include(200000);
  EXPECT_EQ(map.text(), "0 1879048192 65536\n200000 1879113728 1\n");
  EXPECT_EQ(map.outside(1000), first_range + 1000);
  EXPECT_EQ(map.outside(200000), first_range + 65536);
  EXPECT_FALSE(map.outside(200001));
}

TEST(IdMap, ExchangesTwoIdsAndLeavesTheOthers) {
  IdMap map(first_range);
  map.include(200000);
  for (const auto& [one, other] : {std::pair{1000u, 0u}, {0u, 65535u}, {1000u, 1001u}, {200000u, 33u}}) {
    const IdMap exchanged = map.exchanged(one, other);
    EXPECT_EQ(exchanged.outside(one), map.outside(other));
    EXPECT_EQ(exchanged.outside(other), map.outside(one));
    for (const std::uint32_t id : {1u, 500u, 999u, 1002u, 65534u})
      EXPECT_EQ(exchanged.outside(id), map.outside(id));
  }
}

TEST(IdMap, ExchangingAnIdWithItselfOrAnUnknownOneChangesNothing) {
  const IdMap map(first_range);
  EXPECT_EQ(map.exchanged(5, 5).text(), map.text());
  EXPECT_EQ(map.exchanged(5, 100000).text(), map.text());
}

TEST(IdMap, TheInverseLeadsBack) {
  IdMap map(first_range);
  map.include(200000);
  for (const std::uint32_t id : {0u, 1000u, 200000u}) EXPECT_EQ(map.inverse().outside(*map.outside(id)), id);
}

TEST(Layers, EveryTargetHasADirectoryOfItsOwn) {
  EXPECT_EQ(layer_directory("/"), "root");
  EXPECT_EQ(layer_directory("/srv/a b"), "%2fsrv%2fa b");
  EXPECT_NE(layer_directory("/srv/%2f"), layer_directory("/srv//"));
}

}  // namespace
}  // namespace sharder::rootfs
