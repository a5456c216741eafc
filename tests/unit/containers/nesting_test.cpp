#include "containers/rootfs/nesting.hpp"

#include <gtest/gtest.h>

namespace sharder::rootfs {
namespace {

const std::vector<Part> parts{{"/", "/.nested/root"}, {"/srv/project", "/.nested/%2fsrv%2fproject"}};
const std::vector<MountPoint> mounts{{"/", "overlay"},
                                     {"/tmp", "tmpfs"},
                                     {"/srv/project", "overlay"},
                                     {"/srv/project/data", "ext4"},
                                     {"/.nested/root", "overlay"}};

TEST(Nesting, FilesOfAPartLieInItsPlace) {
  EXPECT_EQ(place_of("/", parts, mounts), "/.nested/root");
  EXPECT_EQ(place_of("/usr/bin", parts, mounts), "/.nested/root/usr/bin");
  EXPECT_EQ(place_of("/srv/project", parts, mounts), "/.nested/%2fsrv%2fproject");
  EXPECT_EQ(place_of("/srv/project/t", parts, mounts), "/.nested/%2fsrv%2fproject/t");
}

TEST(Nesting, NamesThatOnlyBeginLikeAPartsAreNotInIt) {
  EXPECT_EQ(place_of("/srv/project2", parts, mounts), "/.nested/root/srv/project2");
}

TEST(Nesting, FilesOfOtherMountsStayWhereTheyAre) {
  EXPECT_EQ(place_of("/tmp/x", parts, mounts), "/tmp/x");
  EXPECT_EQ(place_of("/srv/project/data/x", parts, mounts), "/srv/project/data/x");
}

TEST(Nesting, WithoutPartsEverythingStaysWhereItIs) {
  EXPECT_EQ(place_of("/usr", {}, mounts), "/usr");
}

TEST(Nesting, SaysInWhichClonesNoCloneCanBeMade) {
  EXPECT_FALSE(refusal_of(Surroundings::machine, 1000));
  EXPECT_FALSE(refusal_of(Surroundings::nesting_clone, 0));
  EXPECT_EQ(refusal_of(Surroundings::nesting_clone, 1000)->why,
            "clones in a clone take its root, and this is user 1000");
  EXPECT_EQ(refusal_of(Surroundings::clone, 0)->cure, "set nesting = true in [clones] of the outer sharder.toml");
  EXPECT_NE(refusal_of(Surroundings::nested_clone, 0)->why.find("two deep"), std::string::npos);
}

}  // namespace
}  // namespace sharder::rootfs
