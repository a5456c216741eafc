#include "containers/bases/create.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>

#include "containers/bases/tool.hpp"
#include "scratch.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

void quiet(const std::string&) {}

class CreateBase : public testing::Test {
 protected:
  CreateBase() : store_(scratch_.path() / "bases") {
    scratch_.write("source/etc/os-release", "PRETTY_NAME=\"Some Linux\"\n");
    scratch_.write("source/usr/bin/tool", "#!/bin/sh\n");
    chmod((scratch_.path() / "source/usr/bin/tool").c_str(), 04755);
  }
  std::string source() const { return scratch_.path() / "source"; }
  bool store_is_empty() const { return !fs::exists(store_.directory()) || fs::is_empty(store_.directory()); }

  Scratch scratch_;
  BaseStore store_;
};

TEST_F(CreateBase, CopiesADirectoryWithItsModes) {
  const Base base = create_base(store_, {.name = "copy", .from = source()}, quiet);
  EXPECT_EQ(base.system, "Some Linux");
  struct stat status {};
  ASSERT_EQ(stat((base.root / "usr/bin/tool").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 04755u);
}

TEST_F(CreateBase, KeepsOtherUsersOut) {
  create_base(store_, {.name = "copy", .from = source()}, quiet);
  struct stat status {};
  ASSERT_EQ(stat((store_.directory() / "copy").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(CreateBase, UnpacksACompressedTarballEvenOneDirectoryDown) {
  InterruptionGuard interruption;
  fs::create_directories(scratch_.path() / "image");
  fs::rename(source(), scratch_.path() / "image/rootfs");
  const std::string tarball = scratch_.path() / "image.tar.gz";
  run_tool({"tar", "-C", scratch_.path() / "image", "-czf", tarball, "."}, &interruption);
  const Base base = create_base(store_, {.name = "image", .from = tarball}, quiet);
  EXPECT_TRUE(fs::exists(base.root / "usr/bin/tool"));
  EXPECT_FALSE(fs::exists(base.root / "rootfs"));
}

TEST_F(CreateBase, LeavesNothingWhenTheSourceIsNoRoot) {
  fs::create_directories(scratch_.path() / "empty");
  EXPECT_THROW(create_base(store_, {.name = "copy", .from = scratch_.path() / "empty"}, quiet), ConfigError);
  EXPECT_TRUE(store_is_empty());
}

TEST_F(CreateBase, LeavesNothingWhenATarballIsDamagedAndQuotesTar) {
  const std::string tarball = scratch_.write("bad.tar", "no tarball at all");
  try {
    create_base(store_, {.name = "bad", .from = tarball}, quiet);
    FAIL() << "it was made";
  } catch (const ContainerError& error) {
    EXPECT_THAT(error.what(), HasSubstr("tar failed (exit status 2):\ntar:"));
  }
  EXPECT_TRUE(store_is_empty());
}

TEST_F(CreateBase, DoesNotReplaceABaseUnasked) {
  create_base(store_, {.name = "copy", .from = source()}, quiet);
  EXPECT_THROW(create_base(store_, {.name = "copy", .from = source()}, quiet), ConfigError);
  EXPECT_NO_THROW(create_base(store_, {.name = "copy", .from = source(), .replace = true}, quiet));
}

TEST_F(CreateBase, IsUndoneByASignal) {
  const auto interrupt = [](const std::string&) { raise(SIGTERM); };
  EXPECT_THROW(create_base(store_, {.name = "copy", .from = source()}, interrupt), Interrupted);
  EXPECT_TRUE(store_is_empty());
}

TEST_F(CreateBase, IsRefreshedFromItsRecordedSource) {
  create_base(store_, {.name = "copy", .from = source()}, quiet);
  scratch_.write("source/new", "file");
  const Base base = refresh_base(store_, "copy", quiet);
  EXPECT_TRUE(fs::exists(base.root / "new"));
  EXPECT_EQ(base.source.location, source());
}

TEST_F(CreateBase, KeepsTheOldBaseWhenItsSourceIsGone) {
  create_base(store_, {.name = "copy", .from = source()}, quiet);
  fs::rename(source(), scratch_.path() / "elsewhere");
  EXPECT_THROW(refresh_base(store_, "copy", quiet), ConfigError);
  EXPECT_TRUE(fs::exists(store_.find("copy").root / "usr/bin/tool"));
}

TEST(Tool, ThatDoesNotExistIsToldWithItsPackage) {
  InterruptionGuard interruption;
  try {
    run_tool({"no-such-tool"}, &interruption);
    FAIL() << "it ran";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.hint(), "apt-get install no-such-tool");
  }
}

TEST(Tool, IsEndedBeforeTheSignalGoesOn) {
  const Scratch scratch;
  InterruptionGuard interruption;
  const std::string script =
      "trap 'echo ended > ended; exit 0' TERM; kill -INT $PPID; while :; do sleep 0.01; done";
  EXPECT_THROW(run_tool({"sh", "-c", "cd " + scratch.path().string() + "; " + script}, &interruption),
               Interrupted);
  EXPECT_EQ(read_file(scratch.path() / "ended"), "ended\n");
}

}  // namespace
}  // namespace sharder
