#include "sharder/support/places.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

TEST(Places, OfRootAreTheMachines) {
  EXPECT_EQ(places_of(0, "/root", {{"XDG_DATA_HOME", "/elsewhere"}}),
            (Places{"/run/sharder", "/var/lib/sharder/bases", "/var/lib/sharder/layers"}));
}

TEST(Places, OfAUserLieBelowHisHome) {
  EXPECT_EQ(places_of(1000, "/home/anna", {}),
            (Places{"/home/anna/.local/state/sharder/runs", "/home/anna/.local/share/sharder/bases",
                    "/home/anna/.local/share/sharder/layers"}));
}

TEST(Places, OfAUserMoveWhereHeSays) {
  EXPECT_EQ(places_of(1000, "/home/anna",
                      {{"XDG_STATE_HOME", "/fast/state"}, {"XDG_DATA_HOME", "relative, so not valid"}}),
            (Places{"/fast/state/sharder/runs", "/home/anna/.local/share/sharder/bases",
                    "/home/anna/.local/share/sharder/layers"}));
}

}  // namespace
}  // namespace sharder
