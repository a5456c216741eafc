#include "sharder/cli/init.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "sharder/cli/init_text.hpp"
#include "tests/unit/config/golden.hpp"
#include "tests/unit/config/scratch_project.hpp"

namespace sharder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A directory that exists in the test alone: names, contents; a content that begins with ELF's or with "#!"
/// makes a file executable.
class ImaginaryDirectory : public DirectoryListing {
 public:
  explicit ImaginaryDirectory(std::map<std::string, std::string> contents) : contents_(std::move(contents)) {
    for (const auto& [path, content] : contents_)
      files_.push_back({path, content.starts_with("\x7f"
                                                  "ELF") ||
                                  content.starts_with("#!")});
  }
  const std::vector<Entry>& files() const override { return files_; }
  std::string beginning(const std::string& path) const override { return contents_.at(path).substr(0, 1024); }
  bool contains(const std::string& path, std::string_view bytes) const override {
    return contents_.at(path).find(bytes) != std::string::npos;
  }

 private:
  std::map<std::string, std::string> contents_;
  std::vector<Entry> files_;
};

const std::string googletest =
    "\x7f"
    "ELF ... --gtest_list_tests ...";
const std::string other_program =
    "\x7f"
    "ELF ...";

std::vector<Finding> found(std::map<std::string, std::string> contents) {
  return detect_suites(ImaginaryDirectory(std::move(contents)));
}

TEST(Detection, FindsNothingInNothing) {
  EXPECT_THAT(found({}), IsEmpty());
}

TEST(Detection, FindsProgramsOfGoogleTest) {
  const auto findings = found({{"build/a/a_test", googletest},
                               {"build/b_test",
                                "\x7f"
                                "ELF libgtest.so.1"},
                               {"build/libmy_test.so", googletest},
                               {"build/tool", googletest},
                               {"build/plain_test", other_program},
                               {"build/a_test.o", googletest}});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].framework, "googletest");
  EXPECT_THAT(findings[0].programs, ElementsAre("build/**/*_test"));
  EXPECT_EQ(findings[0].evidence, "2 programs of GoogleTest, such as build/a/a_test");
}

TEST(Detection, LeavesCtestAsACommentBesideGoogleTest) {
  const auto findings =
      found({{"build/CTestTestfile.cmake", ""}, {"build/a_test", googletest}, {"CMakeLists.txt", ""}});
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[1].framework, "ctest");
  EXPECT_FALSE(findings[1].in_force);
}

TEST(Detection, TakesTheTopOfACtestBuild) {
  const auto findings =
      found({{"out/debug/CTestTestfile.cmake", ""}, {"out/debug/a/CTestTestfile.cmake", ""}});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].directory, "out/debug");
}

TEST(Detection, AsksForABuildWhereThereIsNone) {
  const auto findings = found({{"CMakeLists.txt", "project(x)\nenable_testing()\n"}});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].directory, "build");
  EXPECT_THAT(findings[0].remark, HasSubstr("Build first"));
  EXPECT_THAT(found({{"CMakeLists.txt", "project(x)\n"}}), IsEmpty());
}

TEST(Detection, FindsPytestByItsSettings) {
  for (const auto& [file, text] :
       std::map<std::string, std::string>{{"pytest.ini", ""},
                                          {"pyproject.toml", "[tool.pytest.ini_options]"},
                                          {"setup.cfg", "[tool:pytest]"},
                                          {"tox.ini", "[pytest]"}}) {
    const auto findings = found({{file, text}, {"tests/test_a.py", ""}});
    ASSERT_EQ(findings.size(), 1u) << file;
    EXPECT_EQ(findings[0].framework, "pytest");
    EXPECT_EQ(findings[0].evidence, text.empty() ? "a pytest.ini" : text + " in " + file);
    EXPECT_THAT(findings[0].programs, IsEmpty()) << "its settings say where";
  }
  EXPECT_THAT(found({{"pyproject.toml", "[project]"}, {"setup.cfg", "[metadata]"}}), IsEmpty());
}

TEST(Detection, FindsPytestByItsFiles) {
  const auto findings = found({{"tests/unit/test_a.py", ""}, {".venv/bin/python", ""}});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(findings[0].programs, ElementsAre("tests"));
  EXPECT_EQ(findings[0].interpreter, ".venv/bin/python");
  EXPECT_EQ(found({{"conftest.py", ""}}).at(0).evidence, "a conftest.py");
}

TEST(Detection, FindsTestsInsideAPythonPackage) {
  const std::string test = "shop/orders/tests/test_orders.py";
  EXPECT_EQ(found({{"pyproject.toml", "[project]"}, {test, ""}}).at(0).evidence,
            "1 file of Python tests, such as " + test);
  EXPECT_THAT(found({{test, ""}}), IsEmpty()) << "no package";
  EXPECT_THAT(found({{"setup.py", ""}, {"env/lib/python3/site-packages/a/test_a.py", ""}}), IsEmpty());
}

TEST(Detection, PrefersTestr) {
  for (const char* name : {".testr.conf", ".stestr.conf"}) {
    const auto findings = found({{name, ""}, {"tests/test_a.py", ""}});
    ASSERT_EQ(findings.size(), 2u);
    EXPECT_EQ(findings[0].framework, "testr");
    EXPECT_FALSE(findings[1].in_force);
  }
}

TEST(Detection, FindsTapScripts) {
  const auto executable = found({{"t/a.t", "#!/bin/sh"}, {"t/sub/b.t", "#!/bin/sh"}});
  ASSERT_EQ(executable.size(), 1u);
  EXPECT_EQ(executable[0].framework, "tap");
  EXPECT_THAT(executable[0].programs, ElementsAre("t/**/*.t"));
  EXPECT_THAT(found({{"a.t", "#!/bin/sh"}}).at(0).programs, ElementsAre("*.t"));
  const auto perl = found({{"t/a.t", "use Test::More;"}});
  EXPECT_EQ(perl.at(0).framework, "perl");
  EXPECT_THAT(perl.at(0).own_framework, HasSubstr("perl -Ilib {program}"));
}

TEST(Detection, StartsPerlAsProveDoes) {
  const auto built = found({{"blib/arch/auto/A/A.so", ""}, {"t/a.t", "use Test::More;"}});
  EXPECT_THAT(built.at(0).own_framework, HasSubstr("\"perl -Iblib/lib -Iblib/arch {program} {arguments}\""));
  const auto tainted = found({{"t/a.t", "use Test::More;"}, {"t/b.t", "#!perl -wT\nuse Test::More;"}});
  EXPECT_THAT(tainted.at(0).own_framework,
              HasSubstr(R"('''sh -c 'exec perl $(sed -n "1s/^#!.*perl.* -[a-zA-Z]*\([Tt]\).*/-\1/p" "$1") -Ilib )"
                        R"("$@"' sh {program} {arguments}''')"));
  const auto warned = found({{"t/a.t", "use Test::More;"}, {"t/b.t", "#!perl -w\n# -T"}});
  EXPECT_THAT(warned.at(0).own_framework, HasSubstr("\"perl -Ilib {program}"));
}

TEST(GlobsFor, TellWhatFilesHaveInCommon) {
  EXPECT_THAT(globs_for({"build/a/x_test", "build/y_test"}), ElementsAre("build/**/*_test"));
  EXPECT_THAT(globs_for({"build/test_x", "out/test_y"}), ElementsAre("**/test_*"));
  EXPECT_THAT(globs_for({"b/MyTest", "b/YourTest"}), ElementsAre("b/**/*Test"));
  EXPECT_THAT(globs_for({"b/test_x", "b/y_test"}), ElementsAre("b/test_x", "b/y_test"));
}

/// Whatever is found, what is written must be read without complaint.
TEST(ConfigurationText, IsReadBackByLoad) {
  const std::vector<std::map<std::string, std::string>> directories{
      {},
      {{"build/CTestTestfile.cmake", ""},
       {"build/a_test", googletest},
       {"pytest.ini", ""},
       {"t/a.t", "use Test::More;"}},
      {{".stestr.conf", ""}, {"tests/test_a.py", ""}},
      {{"odd \"name\"_test x", googletest}, {"y_test", googletest}}};
  for (const auto& directory : directories) {
    const std::vector<Finding> findings = found(directory);
    const ScratchProject project;
    project.write(".stestr.conf", "[DEFAULT]\ntest_path=tests\n");
    const LoadResult result = project.load_text(configuration_text(findings));
    EXPECT_EQ(printed(result.diagnostics), "");
    const auto in_force =
        std::count_if(findings.begin(), findings.end(), [](const Finding& each) { return each.in_force; });
    EXPECT_EQ(result.config.suites.size(), findings.empty() ? 1u : static_cast<std::size_t>(in_force));
  }
}

/// The examples in the comments must be right as well: without their "#" they are read too.
TEST(ConfigurationText, HasExamplesThatHold) {
  std::string text;
  for (const std::string& line : {configuration_text({})}) text += line;
  std::string uncommented;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    if (line.starts_with("#") && !line.starts_with("# ")) line.erase(0, 1);
    uncommented += line + "\n";
    at = end + 1;
  }
  const ScratchProject project;
  const LoadResult result = project.load_text(uncommented);
  EXPECT_EQ(printed(result.diagnostics), "");
  EXPECT_EQ(result.config.overrides.size(), 1u);
  EXPECT_EQ(result.config.clones.setup.commands.size(), 1u);
}

TEST(ConfigurationText, ExplainsItself) {
  expect_golden("init/nothing.toml", configuration_text({}));
  const auto findings = found({{"build/CTestTestfile.cmake", ""},
                               {"build/a_test", googletest},
                               {"tests/test_a.py", ""},
                               {"t/a.t", "use Test::More;"}});
  expect_golden("init/much.toml", configuration_text(findings));
  expect_golden("init/much.txt", findings_text(findings));
}

TEST(InitProject, WritesAFileAndNeverOverOne) {
  const ScratchProject project;
  project.write("tests/test_a.py", "");
  project.write("node_modules/t/a.t", "");
  EXPECT_THAT(
      init_project({}, project.path()),
      HasSubstr("found 1 file of Python tests, such as tests/test_a.py: [suite.python], framework pytest"));
  EXPECT_EQ(printed(project.load().diagnostics), "");
  EXPECT_THROW(init_project({}, project.path()), UsageError);
  EXPECT_NO_THROW(init_project({.force = true}, project.path()));
}

}  // namespace
}  // namespace sharder
