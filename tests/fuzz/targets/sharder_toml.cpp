// One sharder.toml, loaded as `sharder run` does, without a project around it. Claims: it does not throw; diagnostics
// have texts and come in order; without errors there is a suite, whose commands can be built.
#include <filesystem>
#include <map>
#include <tuple>

#include "sharder/config/load.hpp"
#include "sharder/suites/framework.hpp"
#include "sharder/support/files.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace sharder::fuzz {
namespace {

/// An empty directory for the file, gone when the process ends in peace.
class Project {
 public:
  Project() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sharder-fuzz-XXXXXX").string();
    claim(::mkdtemp(pattern.data()) != nullptr, "cannot make a directory");
    directory = pattern;
  }
  ~Project() {
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }
  std::filesystem::path directory;
};

void check_diagnostics(const Diagnostics& diagnostics) {
  const Diagnostic* last = nullptr;
  for (const Diagnostic& each : diagnostics) {
    claim(!each.message.empty() && !to_string(each).empty(), "a diagnostic without a text");
    claim(last == nullptr || std::tie(last->file, last->line) <= std::tie(each.file, each.line), "not in order");
    last = &each;
  }
}

void check_suites(const Config& config) {
  claim(!config.suites.empty(), "neither an error nor a suite");
  for (const SuiteConfig& suite : config.suites) {
    const Framework framework(suite);
    framework.list_launches({"program"});
    Test test;
    test.id = test.name = test.program = "program";
    framework.run_launch({&test}, "tag");
    framework.result_parser({&test});
    claim(!framework.explain_run(test).empty(), "no command for a person");
  }
}

}  // namespace
}  // namespace sharder::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sharder;
  static const fuzz::Project project;
  write_file(project.directory / "sharder.toml", fuzz::text_of(data, size));
  CommandLine line;
  line.verb = Verb::run;
  const LoadResult loaded = load(line, {}, project.directory);
  fuzz::check_diagnostics(loaded.diagnostics);
  if (!has_errors(loaded.diagnostics)) fuzz::check_suites(loaded.config);
  return 0;
}
