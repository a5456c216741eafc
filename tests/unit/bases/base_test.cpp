#include "containers/bases/base.hpp"

#include "scratch.hpp"
#include "sharder/cli/base.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

Base example() {
  Base base;
  base.name = "noble-ci";
  base.root = "/var/lib/sharder/bases/noble-ci/root";
  base.source.kind = BaseSource::Kind::debian;
  base.source.release = "bookworm";
  base.source.packages = {"python3", "redis-server"};
  base.system = "Debian GNU/Linux 12 (bookworm)";
  base.created = "2026-11-22T04:00:00Z";
  base.size_bytes = 300ULL << 20;
  base.installed_packages = 124;
  return base;
}

TEST(Base, IsReadBackAsItWasWritten) {
  const Base read = base_from_json("noble-ci", base_to_json(example()));
  EXPECT_EQ(base_to_json(read), base_to_json(example()));
}

TEST(Base, WithADamagedRecordIsAConfigError) {
  EXPECT_THROW(base_from_json("x", "{"), ConfigError);
  EXPECT_THROW(base_from_json("x", "{\"format\": 1}"), ConfigError);
  EXPECT_THROW(base_from_json("x", "{\"format\": 99}"), ConfigError);
}

TEST(Base, TellsItsSystemAndPackagesFromItsOwnFiles) {
  const Scratch scratch;
  scratch.write("root/etc/os-release", "NAME=x\nPRETTY_NAME=\"Some Linux 7\"\n");
  scratch.write(
      "root/var/lib/dpkg/status",
      "Package: a\nStatus: install ok installed\n\nPackage: b\nStatus: deinstall ok config-files\n");
  Base base;
  base.root = scratch.path() / "root";
  inspect_system(base);
  EXPECT_EQ(base.system, "Some Linux 7");
  EXPECT_EQ(base.installed_packages, 1);
}

TEST(Base, CountsAFileWithTwoLinksOnce) {
  const Scratch scratch;
  const auto file = scratch.write("root/file", std::string(1 << 20, 'x'));
  Base base;
  base.root = scratch.path() / "root";
  measure_root(base);
  const auto alone = base.size_bytes;
  std::filesystem::create_hard_link(file, scratch.path() / "root/link");
  measure_root(base);
  EXPECT_EQ(base.size_bytes, alone);
}

TEST(BaseList, LinesItsColumnsUp) {
  Base host;
  host.name = "host";
  host.root = "/";
  host.system = "Debian GNU/Linux 12 (bookworm)";
  EXPECT_EQ(base_list_text({host, example()}),
            "NAME      MADE FROM        SYSTEM                          SIZE       CREATED\n"
            "host      this machine     Debian GNU/Linux 12 (bookworm)\n"
            "noble-ci  debian bookworm  Debian GNU/Linux 12 (bookworm)  300.0 MiB  2026-11-22T04:00:00Z\n");
}

TEST(BaseShow, TellsOnlyWhatIsKnown) {
  EXPECT_EQ(base_show_text(example()),
            "name       noble-ci\n"
            "made from  debian bookworm\n"
            "packages   python3 redis-server\n"
            "system     Debian GNU/Linux 12 (bookworm)\n"
            "installed  124 Debian packages\n"
            "size       300.0 MiB\n"
            "created    2026-11-22T04:00:00Z\n"
            "root       /var/lib/sharder/bases/noble-ci/root\n");
}

}  // namespace
}  // namespace sharder
