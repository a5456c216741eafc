#include "containers/bases/source.hpp"

#include <gmock/gmock.h>

#include "scratch.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

TEST(BaseSource, IsADebianReleaseUnlessSaidOtherwise) {
  const BaseSource source = resolve_source({.release = "trixie", .packages = {"python3", "g++"}}, "/none");
  EXPECT_EQ(describe(source), "debian trixie");
  EXPECT_THAT(source.packages, ElementsAre("python3", "g++"));
}

TEST(BaseSource, RefusesWordsThatToolsWouldTakeForOptions) {
  EXPECT_THROW(resolve_source({.release = "--help"}, "/none"), ConfigError);
  EXPECT_THROW(resolve_source({.packages = {"--x"}}, "/none"), ConfigError);
  EXPECT_THROW(resolve_source({.packages = {"a,b"}}, "/none"), ConfigError);
  EXPECT_THROW(resolve_source({.release = "bookworm", .mirror = "not a url"}, "/none"), ConfigError);
}

TEST(BaseSource, IsADirectoryOrATarballAsItLies) {
  const Scratch scratch;
  const auto tarball = scratch.write("root.tar.xz", "");
  EXPECT_EQ(resolve_source({.from = tarball}, "/none").kind, BaseSource::Kind::tarball);
  EXPECT_EQ(resolve_source({.from = scratch.path()}, "/none").kind, BaseSource::Kind::directory);
}

TEST(BaseSource, IsNotThisMachineItself) {
  EXPECT_THROW(resolve_source({.from = "/"}, "/none"), ConfigError);
}

TEST(BaseSource, DoesNotMixCopyingAndInstalling) {
  EXPECT_THROW(resolve_source({.from = "/tmp", .release = "bookworm"}, "/none"), ConfigError);
  EXPECT_THROW(resolve_source({.from = "/tmp", .packages = {"git"}}, "/none"), ConfigError);
}

TEST(BaseSource, IsTheContainerOfThatName) {
  const Scratch scratch;
  fs::create_directories(scratch.path() / "noble/rootfs");
  scratch.write("noble/config", "lxc.rootfs.path = dir:" + (scratch.path() / "noble/rootfs").string() +
                                    "\nlxc.idmap = u 0 100000 65536\nlxc.idmap=g 0 200000 65536\n");
  EXPECT_EQ(describe(resolve_source({.from = "noble"}, scratch.path())), "container noble");
  const ContainerRoot container = read_container("noble", scratch.path());
  EXPECT_EQ(container.root, scratch.path() / "noble/rootfs");
  EXPECT_THAT(container.id_maps, ElementsAre("u:0:100000:65536", "g:0:200000:65536"));
}

TEST(BaseSource, RefusesAContainerOnStorageOfAnotherKind) {
  const Scratch scratch;
  scratch.write("noble/config", "lxc.rootfs.path = overlay:/a:/b\n");
  EXPECT_THROW(resolve_source({.from = "noble"}, scratch.path()), ConfigError);
}

TEST(BaseSource, SaysWhereItLookedForAContainer) {
  try {
    resolve_source({.from = "noble"}, "/srv/lxc");
    FAIL() << "it was found";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.hint(), HasSubstr("/srv/lxc"));
  }
}

constexpr const char* deb822 = R"(Types: deb
# an old mirror
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
)";

TEST(AptSources, AreThisMachinesOwnForItsRelease) {
  const Scratch scratch;
  scratch.write("sources.list.d/debian.sources", deb822);
  const std::string sources = apt_sources_for("bookworm", "bookworm", scratch.path());
  EXPECT_THAT(sources, HasSubstr("URIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates"));
  EXPECT_THAT(sources, Not(HasSubstr("#")));
}

TEST(AptSources, AreRewrittenForAnotherRelease) {
  const Scratch scratch;
  scratch.write("sources.list.d/debian.sources", deb822);
  EXPECT_THAT(apt_sources_for("trixie", "bookworm", scratch.path()),
              HasSubstr("Suites: trixie trixie-updates"));
}

TEST(AptSources, MakeStanzasOfLines) {
  const Scratch scratch;
  scratch.write("sources.list",
                "deb [arch=amd64] http://mirror.example/debian bookworm main contrib\ndeb-src x y z\n");
  EXPECT_THAT(apt_sources_for("bookworm", "bookworm", scratch.path()),
              HasSubstr("URIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main contrib\n"));
}

TEST(AptSources, LeaveOutWhatIsNotDebian) {
  const Scratch scratch;
  scratch.write("sources.list.d/other.list", "deb https://packages.example/node bookworm main\n");
  EXPECT_EQ(apt_sources_for("bookworm", "bookworm", scratch.path()), "");
}

TEST(AptSources, DoNotFitARollingRelease) {
  const Scratch scratch;
  scratch.write("sources.list.d/debian.sources", deb822);
  EXPECT_EQ(apt_sources_for("sid", "bookworm", scratch.path()), "");
}

}  // namespace
}  // namespace sharder
