#include <gtest/gtest.h>

#include <filesystem>

#include "tests/lxc/lxc_fixture.hpp"

namespace sharder {
namespace {

class LxcLayer : public LxcCloneTest {};

TEST_F(LxcLayer, HoldsWhatSetupWroteForLaterClones) {
  const std::string image = "/var/tmp/sharder-" + run_id() + "/layer.erofs";
  EXPECT_EQ(shell(*clone_,
                  "mkdir -p /opt/made && echo made > /opt/made/file && chown 1000:1000 /opt/made/file && rm "
                  "/etc/hostname && "
                  "echo built > result && mv /etc/apt /etc/tpa")
                .ended.termination.code,
            0);
  wait_for(clone_->pack_layer(image));
  EXPECT_TRUE(std::filesystem::exists(image));
  CloneRequest with_layer;
  with_layer.layers = {image};
  const std::unique_ptr<Clone> one = obtain(*pool_, with_layer), two = obtain(*pool_, with_layer);
  const std::string look =
      "cat /opt/made/file result; stat -c %u /opt/made/file; test -e /etc/hostname || echo gone; ls -d "
      "/etc/apt /etc/tpa 2>/dev/null";
  for (const Clone* clone : {one.get(), two.get()})
    for (const bool cell : {false, true})
      EXPECT_EQ(shell(const_cast<Clone&>(*clone), look, cell).output, "made\nbuilt\n1000\ngone\n/etc/tpa\n");
  shell(*one, "echo changed > /opt/made/file");
  EXPECT_EQ(shell(*two, "cat /opt/made/file").output, "made\n");
}

TEST_F(LxcLayer, SaysWhyAnImageCannotBeUsed) {
  CloneRequest with_layer;
  with_layer.layers = {"/nowhere/layer.erofs"};
  try {
    obtain(*pool_, with_layer);
    FAIL() << "a clone started";
  } catch (const std::exception& error) {
    EXPECT_EQ(std::string(error.what()), "open /nowhere/layer.erofs: no such file or directory");
  }
}

}  // namespace
}  // namespace sharder
