#include "sharder/cli/init_detection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

std::string file_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

bool has_file(const DirectoryListing& listing, const std::string& path) {
  return std::any_of(listing.files().begin(), listing.files().end(),
                     [&](const DirectoryListing::Entry& entry) { return entry.path == path; });
}

std::vector<std::string> matching(const DirectoryListing& listing, const std::vector<std::string>& globs) {
  std::vector<std::string> paths;
  for (const DirectoryListing::Entry& entry : listing.files())
    if (std::any_of(globs.begin(), globs.end(),
                    [&](const std::string& glob) { return glob_matches(glob, entry.path); }))
      paths.push_back(entry.path);
  return paths;
}

std::string number_of(std::size_t count, const std::string& thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::optional<Finding> find_testr(const DirectoryListing& listing) {
  for (const char* name : {".testr.conf", ".stestr.conf"})
    if (has_file(listing, name))
      return Finding{.framework = "testr",
                     .suite = "unit",
                     .evidence = fmt::format("a {}", name),
                     .remark = fmt::format("Listed and run by the commands of {}.", name)};
  return std::nullopt;
}

/// The build directory nearest to the top.
std::optional<std::string> ctest_directory(const DirectoryListing& listing) {
  std::vector<std::string> files = matching(listing, {"CTestTestfile.cmake", "**/CTestTestfile.cmake"});
  const auto depth = [](const std::string& path) { return std::count(path.begin(), path.end(), '/'); };
  const auto nearest = std::min_element(files.begin(), files.end(), [&](const auto& left, const auto& right) {
    return depth(left) < depth(right);
  });
  if (nearest == files.end()) return std::nullopt;
  return directory_of(*nearest);
}

std::optional<Finding> find_ctest(const DirectoryListing& listing) {
  if (const auto directory = ctest_directory(listing))
    return Finding{.framework = "ctest",
                   .suite = "ctest",
                   .evidence = fmt::format("a CTest build in {}", *directory),
                   .directory = *directory};
  const std::string lists = has_file(listing, "CMakeLists.txt") ? listing.beginning("CMakeLists.txt") : "";
  if (lists.find("enable_testing") == std::string::npos && lists.find("include(CTest)") == std::string::npos)
    return std::nullopt;
  return Finding{
      .framework = "ctest",
      .suite = "ctest",
      .evidence = "a CMakeLists.txt that enables tests, but no build",
      .remark =
          "Build first (cmake -B build && cmake --build build), and look whether the directory is right.",
      .directory = "build"};
}

bool looks_like_a_test_program(const std::string& path) {
  const std::string name = file_name(path);
  for (const char* part : {".so", ".a", ".o", ".py", ".sh", ".cmake", ".t", ".pl"})
    if (name.ends_with(part) || name.find(std::string(part) + ".") != std::string::npos) return false;
  return name.find("test") != std::string::npos || name.find("Test") != std::string::npos;
}

std::optional<Finding> find_googletest(const DirectoryListing& listing) {
  std::vector<std::string> programs;
  for (const DirectoryListing::Entry& entry : listing.files()) {
    if (!entry.executable || !looks_like_a_test_program(entry.path)) continue;
    if (!listing.beginning(entry.path)
             .starts_with("\x7f"
                          "ELF"))
      continue;
    // The option's name where the library is linked in, the library's where it is loaded.
    if (listing.contains(entry.path, "gtest_list_tests") || listing.contains(entry.path, "libgtest"))
      programs.push_back(entry.path);
  }
  if (programs.empty()) return std::nullopt;
  return Finding{.framework = "googletest",
                 .suite = "unit",
                 .evidence = fmt::format("{} of GoogleTest, such as {}",
                                         number_of(programs.size(), "program"), programs[0]),
                 .programs = globs_for(programs)};
}

bool is_python_package(const DirectoryListing& listing) {
  return has_file(listing, "pyproject.toml") || has_file(listing, "setup.py") || has_file(listing, "setup.cfg");
}

/// Why the directory is thought to use pytest; "" if it does not.
std::string evidence_of_pytest(const DirectoryListing& listing, bool& configured) {
  configured = true;
  if (has_file(listing, "pytest.ini")) return "a pytest.ini";
  constexpr std::array<std::pair<const char*, const char*>, 3> sections{
      {{"pyproject.toml", "[tool.pytest"}, {"setup.cfg", "[tool:pytest]"}, {"tox.ini", "[pytest]"}}};
  for (const auto& [file, section] : sections) {
    const std::string text = has_file(listing, file) ? listing.beginning(file) : "";
    const std::size_t at = text.find(section);
    if (at == std::string::npos) continue;
    return fmt::format("{} in {}", trim(text.substr(at, text.find_first_of("]\n", at) + 1 - at)), file);
  }
  configured = false;
  const std::vector<std::string> conftests = matching(listing, {"conftest.py", "test*/conftest.py"});
  if (!conftests.empty()) return "a " + conftests[0];
  std::vector<std::string> tests =
      matching(listing, {"test_*.py", "*_test.py", "test/**/test_*.py", "tests/**/test_*.py",
                         "test/**/*_test.py", "tests/**/*_test.py"});
  // Many packages have their tests inside. Elsewhere, Python far from the top is rarely the project's tests.
  if (tests.empty() && is_python_package(listing)) {
    tests = matching(listing, {"**/test_*.py", "**/*_test.py"});
    std::erase_if(tests, [](const std::string& path) { return path.find("site-packages/") != std::string::npos; });
  }
  return tests.empty()
             ? ""
             : fmt::format("{} of Python tests, such as {}", number_of(tests.size(), "file"), tests[0]);
}

std::optional<Finding> find_pytest(const DirectoryListing& listing) {
  bool configured = false;
  const std::string evidence = evidence_of_pytest(listing, configured);
  if (evidence.empty()) return std::nullopt;
  Finding finding{.framework = "pytest", .suite = "python", .evidence = evidence};
  for (const char* directory : {"tests", "test"})
    if (!configured && finding.programs.empty() &&
        !matching(listing, {std::string(directory) + "/**/*.py"}).empty())
      finding.programs = {directory};
  for (const char* python : {".venv/bin/python", "venv/bin/python"})
    if (finding.interpreter.empty() && has_file(listing, python)) finding.interpreter = python;
  return finding;
}

/// Whether a script's first line has -T or -t: perl must be told them on its command line, too, as prove does.
bool wants_taint_mode(const DirectoryListing& listing, const std::vector<std::string>& scripts) {
  return std::any_of(scripts.begin(), scripts.end(), [&](const std::string& path) {
    const std::string text = listing.beginning(path);
    const std::string line = text.substr(0, text.find('\n'));
    const std::size_t perl = line.find("perl");
    if (!line.starts_with("#!") || perl == std::string::npos) return false;
    const std::size_t option = line.find(" -", perl);
    return option != std::string::npos && line.find_first_of("Tt", option) != std::string::npos;
  });
}

/// The command, as a value of TOML. What was built (`make` of a distribution) is where `prove -b` looks for it.
std::string perl_command(const DirectoryListing& listing, const std::vector<std::string>& scripts) {
  const bool built = std::any_of(listing.files().begin(), listing.files().end(),
                                 [](const auto& entry) { return entry.path.starts_with("blib/"); });
  const std::string paths = built ? "-Iblib/lib -Iblib/arch" : "-Ilib";
  if (!wants_taint_mode(listing, scripts)) return fmt::format("\"perl {} {{program}} {{arguments}}\"", paths);
  constexpr const char* first_line_option = R"(sed -n "1s/^#!.*perl.* -[a-zA-Z]*\([Tt]\).*/-\1/p" "$1")";
  return fmt::format(R"('''sh -c 'exec perl $({}) {} "$@"' sh {{program}} {{arguments}}''')", first_line_option, paths);
}

std::optional<Finding> find_tap(const DirectoryListing& listing) {
  const std::vector<std::string> files = matching(listing, {"t/**/*.t", "*.t"});
  if (files.empty()) return std::nullopt;
  const bool in_t = files[0].starts_with("t/") || files.back().starts_with("t/");
  Finding finding{.framework = "tap",
                  .suite = "tap",
                  .evidence = fmt::format("{}, such as {}", number_of(files.size(), "TAP script"), files[0]),
                  .programs = {in_t ? "t/**/*.t" : "*.t"}};
  const bool all_start = std::all_of(files.begin(), files.end(), [&](const std::string& path) {
    const auto& all = listing.files();
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& each) { return each.path == path && each.executable; });
  });
  if (all_start) return finding;
  const std::string text = listing.beginning(files[0]);
  const bool perl = text.find("perl") != std::string::npos || text.find("Test::") != std::string::npos;
  finding.framework = perl ? "perl" : "tap-sh";
  finding.remark = fmt::format("The scripts are not executable, so {} starts them.", perl ? "perl" : "sh");
  if (perl && wants_taint_mode(listing, files))
    finding.remark += " Perl refuses a -T that stands in a script alone, so the command repeats it.";
  const std::string command = perl ? perl_command(listing, files) : "\"sh {program} {arguments}\"";
  finding.own_framework =
      fmt::format("[framework.{}]\nneeds_programs = true\nrun = {{ command = {}, format = \"tap\" }}\n",
                  finding.framework, command);
  return finding;
}

}  // namespace

std::vector<std::string> globs_for(const std::vector<std::string>& files) {
  constexpr std::array endings{"_test", "-test", "_tests", "-tests", "_unittest",
                               ".test", "Test",  "Tests",  "test",   "tests"};
  const std::string top = files.empty() ? "" : files[0].substr(0, files[0].find('/'));
  const bool one_top = std::all_of(files.begin(), files.end(), [&](const std::string& path) {
    return path.find('/') != std::string::npos && path.substr(0, path.find('/')) == top;
  });
  const std::string front = one_top ? top + "/**/" : "**/";
  for (const char* ending : endings) {
    const auto ends = [&](const std::string& path) { return path.ends_with(ending); };
    if (std::all_of(files.begin(), files.end(), ends)) return {front + "*" + ending};
  }
  for (const char* beginning : {"test_", "test-", "Test"}) {
    const auto begins = [&](const std::string& path) { return file_name(path).starts_with(beginning); };
    if (std::all_of(files.begin(), files.end(), begins)) return {front + beginning + "*"};
  }
  return files;
}

std::vector<Finding> detect_suites(const DirectoryListing& listing) {
  std::vector<Finding> findings;
  const auto add = [&](std::optional<Finding> finding) {
    if (finding) findings.push_back(std::move(*finding));
    return finding.has_value();
  };
  const bool has_googletest = add(find_googletest(listing));
  if (add(find_ctest(listing)) && has_googletest) {
    findings.back().in_force = false;
    findings.back().remark =
        "CTest most likely runs the same programs. Take this suite instead where its tests need the "
        "properties that "
        "CMakeLists.txt gives them, or where CTest has tests that are no programs of GoogleTest.";
  }
  const bool has_testr = add(find_testr(listing));
  if (add(find_pytest(listing)) && has_testr) {
    findings.back().in_force = false;
    findings.back().remark = "These are most likely the same tests; pytest instead of testr.";
  }
  add(find_tap(listing));
  return findings;
}

}  // namespace sharder
