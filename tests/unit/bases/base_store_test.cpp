#include "containers/bases/base_store.hpp"

#include <gmock/gmock.h>

#include "scratch.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

void make_base(const BaseStore& store, const std::string& name, const std::string& content = "") {
  InterruptionGuard interruption;
  BaseWorkshop workshop(store.directory(), name, interruption);
  write_file(workshop.root() / "file", content);
  Base base;
  base.name = name;
  base.source.release = "bookworm";
  workshop.publish(base);
}

std::vector<std::string> entries(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    names.push_back(entry.path().filename());
  return names;
}

template <typename Thrown>
std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Thrown& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  return "nothing was thrown";
}

TEST(BaseStore, KnowsTheHostWithoutHavingIt) {
  const Scratch scratch;
  const BaseStore store(scratch.path() / "none");
  EXPECT_TRUE(store.find("host").is_host());
  EXPECT_FALSE(store.lease("host").lock);
  EXPECT_TRUE(store.names().empty());
}

TEST(BaseStore, FindsWhatWasPublishedAndNothingElseIsLeft) {
  const Scratch scratch;
  const BaseStore store(scratch.path());
  make_base(store, "one");
  EXPECT_EQ(store.find("one").root, scratch.path() / "one/root");
  EXPECT_THAT(entries(scratch.path()), ElementsAre("one"));
}

TEST(BaseStore, ForgetsWhatWasNotPublished) {
  const Scratch scratch;
  {
    InterruptionGuard interruption;
    const BaseWorkshop workshop(scratch.path(), "one", interruption);
    write_file(workshop.root() / "file", "half");
  }
  EXPECT_TRUE(entries(scratch.path()).empty());
}

TEST(BaseStore, TakesAwayWhatADeadProcessLeft) {
  const Scratch scratch;
  scratch.write(".one.new/root/file", "half");
  scratch.write(".one.old/root/file", "old");
  make_base(BaseStore(scratch.path()), "one", "whole");
  EXPECT_THAT(entries(scratch.path()), ElementsAre("one"));
  EXPECT_EQ(read_file(scratch.path() / "one/root/file"), "whole");
}

TEST(BaseStore, ReplacesABaseThatNobodyUses) {
  const Scratch scratch;
  const BaseStore store(scratch.path());
  make_base(store, "one", "old");
  make_base(store, "one", "new");
  EXPECT_EQ(read_file(store.find("one").root / "file"), "new");
  EXPECT_THAT(entries(scratch.path()), ElementsAre("one"));
}

TEST(BaseStore, NeitherReplacesNorRemovesABaseInUse) {
  const Scratch scratch;
  BaseStore store(scratch.path());
  make_base(store, "one", "old");
  {
    const BaseLease lease = store.lease("one");
    EXPECT_THAT(message_of<ContainerError>([&] { store.remove("one"); }), HasSubstr("is in use by a run"));
    EXPECT_THROW(make_base(store, "one", "new"), ContainerError);
    EXPECT_EQ(read_file(lease.base.root / "file"), "old");
  }
  store.remove("one");
  EXPECT_TRUE(entries(scratch.path()).empty());
}

TEST(BaseStore, ServesSeveralRunsAtOnce) {
  const Scratch scratch;
  const BaseStore store(scratch.path());
  make_base(store, "one");
  const BaseLease first = store.lease("one"), second = store.lease("one");
  EXPECT_TRUE(first.lock && second.lock);
}

TEST(BaseStore, LetsOnlyOneMakeABase) {
  const Scratch scratch;
  const BaseStore store(scratch.path());
  InterruptionGuard interruption;
  const BaseWorkshop workshop(scratch.path(), "one", interruption);
  EXPECT_THAT(message_of<ContainerError>([&] { make_base(store, "one"); }), HasSubstr("by another sharder"));
}

TEST(BaseStore, NamesTheNearestBaseForAnUnknownOne) {
  const Scratch scratch;
  const BaseStore store(scratch.path());
  make_base(store, "noble-ci");
  EXPECT_EQ(message_of<ConfigError>([&] { store.find("nobel-ci"); }),
            "no base named \"nobel-ci\" | did you mean noble-ci? there are: host, noble-ci");
  EXPECT_EQ(message_of<ConfigError>([&] { store.find("zzz"); }),
            "no base named \"zzz\" | there are: host, noble-ci; sharder base create zzz makes one");
}

TEST(BaseStore, RemovesABaseWithADamagedRecord) {
  const Scratch scratch;
  scratch.write("one/base.json", "{");
  BaseStore(scratch.path()).remove("one");
  EXPECT_TRUE(entries(scratch.path()).empty());
}

TEST(BaseName, IsAPlainWord) {
  EXPECT_NO_THROW(check_base_name("noble-ci_2.1"));
  for (const char* name : {"", "host", ".hidden", "-x", "a/b", "..", "Noble", "a b"})
    EXPECT_THROW(check_base_name(name), ConfigError) << name;
}

}  // namespace
}  // namespace sharder
