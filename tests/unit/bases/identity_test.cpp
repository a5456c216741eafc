#include "containers/bases/identity.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "containers/bases/rooted_file.hpp"
#include "scratch.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

using testing::ElementsAre;
namespace fs = std::filesystem;

constexpr const char* accounts =
    "root:x:0:0:root:/root:/bin/bash\n"
    "broken line\n"
    "ada:x:1000:1001:Ada,,,:/home/ada:/bin/zsh\n"
    "odd:x:many:1001::/:/bin/sh\n";
constexpr const char* groups = "root:x:0:\nada:x:1001:ada\nvideo:x:44:bob,ada\nsudo:x:27:bob\n";

class IdentityInBase : public testing::Test {
 protected:
  IdentityInBase() {
    scratch_.write("etc/passwd", accounts);
    scratch_.write("etc/group", groups);
  }
  Scratch scratch_;
};

TEST_F(IdentityInBase, IsReadFromTheBasesOwnFiles) {
  const Identity ada = identity_in_base("ada", scratch_.path());
  EXPECT_EQ(ada.uid, 1000u);
  EXPECT_EQ(ada.gid, 1001u);
  EXPECT_EQ(ada.home, "/home/ada");
  EXPECT_EQ(ada.shell, "/bin/zsh");
  EXPECT_THAT(ada.groups, ElementsAre(44u));
}

TEST_F(IdentityInBase, IsAConfigErrorForAnUnknownUser) {
  EXPECT_THROW(identity_in_base("bob", scratch_.path()), ConfigError);
  EXPECT_THROW(identity_in_base("odd", scratch_.path()), ConfigError);
}

TEST_F(IdentityInBase, OfRootNeedsNoAccountFile) {
  const Scratch empty;
  EXPECT_EQ(identity_in_base("root", empty.path()).uid, 0u);
}

TEST_F(IdentityInBase, KeepsTheIdsOfAnInvokerWhomTheBaseDoesNotKnow) {
  fs::remove(scratch_.path() / "etc/passwd");
  const Identity host = invoker_identity();
  const Identity invoker = identity_in_base("invoker", scratch_.path());
  EXPECT_EQ(invoker.uid, host.uid);
  EXPECT_EQ(invoker.gid, host.gid);
  EXPECT_EQ(invoker.home, "/tmp");
  EXPECT_TRUE(invoker.groups.empty());
}

TEST_F(IdentityInBase, DoesNotFollowLinksOutOfTheBase) {
  const Scratch outside;
  outside.write("passwd", "eve:x:0:0::/:/bin/sh\n");
  fs::remove(scratch_.path() / "etc/passwd");
  fs::create_symlink(outside.path() / "passwd", scratch_.path() / "etc/passwd");
  EXPECT_THROW(identity_in_base("eve", scratch_.path()), ConfigError);
}

TEST_F(IdentityInBase, OnTheHostComesFromItsNameService) {
  EXPECT_EQ(identity_in_base("root", "/").uid, 0u);
}

TEST_F(IdentityInBase, HasNoAccountFilesToAddWhereItIsKnown) {
  EXPECT_TRUE(account_files(identity_in_base("ada", scratch_.path()), scratch_.path()).empty());
}

TEST_F(IdentityInBase, IsAddedToTheAccountFilesWhereItIsNot) {
  Identity bob{.name = "bob", .uid = 2000, .gid = 2001, .groups = {}, .home = "/tmp", .shell = "/bin/sh"};
  const auto files = account_files(bob, scratch_.path());
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].path, "/etc/passwd");
  EXPECT_EQ(files[0].content, std::string(accounts) + "bob:x:2000:2001::/tmp:/bin/sh\n");
  EXPECT_EQ(files[1].content, std::string(groups) + "bob:x:2001:\n");
}

TEST(RootedFile, IsReadAsTheRootSeesIt) {
  const Scratch scratch;
  scratch.write("usr/lib/os-release", "text");
  fs::create_directories(scratch.path() / "etc");
  fs::create_symlink("/usr/lib/os-release", scratch.path() / "etc/os-release");
  EXPECT_EQ(read_in_root(scratch.path(), "etc/os-release"), "text");
  EXPECT_EQ(read_in_root(scratch.path(), "etc"), std::nullopt);
  EXPECT_EQ(read_in_root(scratch.path(), "none"), std::nullopt);
}

}  // namespace
}  // namespace sharder
