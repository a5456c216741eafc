#include "sharder/host/storage_class.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sharder {
namespace {

std::string class_of(const std::string& mount, std::map<std::string, std::string> files = {}) {
  files["/proc/self/mountinfo"] =
      "22 27 0:21 / /proc rw - proc proc rw\n27 1 8:1 / / rw,relatime shared:1 - " + mount;
  return storage_class(
      [&](const std::string& path) -> std::optional<std::string> {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional<std::string>(found->second);
      },
      "8:1");
}

TEST(StorageClass, KnowsTheMediumByNameOrQueue) {
  EXPECT_EQ(class_of("ext4 /dev/nvme0n1p2 rw"), "nvme");
  EXPECT_EQ(class_of("ext4 /dev/sda1 rw", {{"/sys/class/block/sda1/../queue/rotational", "0\n"}}), "ssd");
  EXPECT_EQ(class_of("xfs /dev/sda rw", {{"/sys/class/block/sda/queue/rotational", "1\n"}}), "disk");
  EXPECT_EQ(class_of("nfs4 server:/export rw"), "network");
  EXPECT_EQ(class_of("tmpfs tmpfs rw"), "memory");
}

TEST(StorageClass, DoesNotBelieveVirtualDisks) {
  EXPECT_EQ(class_of("ext4 /dev/vda rw", {{"/sys/class/block/vda/queue/rotational", "1\n"}}), "virtual");
  EXPECT_EQ(class_of("overlay overlay rw"), "virtual");
}

TEST(StorageClass, MakesTheLeastOfNonsense) {
  EXPECT_EQ(storage_class([](const std::string&) { return std::nullopt; }, "1:2"), "virtual");
}

}  // namespace
}  // namespace sharder
