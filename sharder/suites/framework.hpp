// What the engine asks of a framework: how to list, how to run some tests, how to understand what comes back.
// Everything a framework needs is data (presets/*.toml); the formats are parsers behind the two interfaces
// here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/config/config.hpp"
#include "sharder/model/outcome.hpp"
#include "sharder/model/test.hpp"

namespace sharder {

/// A process to start in a clone on behalf of a suite. Paths of `files` are relative to the directory the
/// clone offers for them (containers: files_directory); the command names them there already.
struct Launch {
  std::vector<std::string> command;
  std::string directory;  // absolute
  std::vector<std::pair<std::string, std::string>>
      environment;  // the suite's and the test's, over the passed one
  struct File {
    std::string name, content;
  };
  std::vector<File> files;
  std::string result_file;  // absolute in the clone; "" for none
  bool channels = false;    // ids on descriptor 3, results on descriptor 4
  bool feeds_standard_input = false;
  bool separate_error_output = false;  // standard output carries results
};

/// Where an adapter file and the files of a Launch lie in a clone.
inline constexpr std::string_view adapters_directory = "/.sharder/adapters";

/// Between a test's name and its id on a line for an adapter; no framework's names contain it.
inline const std::string adapter_id_separator = "\x1f";

/// A listing command and whose tests it lists.
struct ListLaunch {
  std::string program;  // "" where the framework lists without
  Launch launch;
};

/// What one listing command printed, understood.
struct Listing {
  std::vector<Test> tests;            // suite and program filled in, id not yet
  std::vector<std::string> problems;  // each a sentence; listing has failed if there is any
  std::vector<std::string> notices;   // duplicates dropped and the like
};

/// Something a run told about one of its tests.
struct ResultEvent {
  enum class Kind { started, finished, output } kind = Kind::finished;
  std::string name;  // the framework's own id, as in Test::name
  Outcome outcome = Outcome::passed;
  std::string message;  // one line
  std::string details;
  std::vector<Case> cases;
  /// A failure of something that several tests share (a module's tear-down), told after its test had
  /// finished.
  bool late = false;
};

/// Understands the result stream of one process, as it comes. Bytes come from a clone: never trusted, always
/// bounded; nothing here throws.
class ResultParser {
 public:
  virtual ~ResultParser() = default;
  /// Bytes of the result channel (standard output, descriptor 4 or the result file, as the Launch says).
  virtual std::vector<ResultEvent> consume(std::string_view bytes) = 0;
  /// Bytes of standard error, where the Launch keeps it apart from the results.
  virtual void consume_error_output(std::string_view) {}
  /// The process has ended. `exit_status` is empty after a signal. For formats judged by the exit status this
  /// yields the result of the only test.
  virtual std::vector<ResultEvent> finish(std::optional<int> exit_status) = 0;
};

/// One suite's framework, in force.
class Framework {
 public:
  /// `suite` outlives the framework.
  explicit Framework(const SuiteConfig& suite);

  const SuiteConfig& suite() const { return suite_; }
  Feed feed() const { return suite_.framework.run.feed; }

  /// The commands that list this suite; `programs` as expanded in the clone, relative to the project.
  /// Empty where every program is one test (then tests_of_programs gives them).
  std::vector<ListLaunch> list_launches(const std::vector<std::string>& programs) const;
  /// What the listing command for `program` printed on its standard output, or on descriptor 4 where the
  /// Launch has channels (then `error_output` is both of its output streams). `error_output` is quoted in
  /// problems.
  Listing parse_list(const std::string& program, std::string_view output, std::string_view error_output,
                     std::optional<int> exit_status) const;
  std::vector<Test> tests_of_programs(const std::vector<std::string>& programs) const;

  /// The process that runs `tests` (one for each; all of one program), or, for feed standard_input, the
  /// runner that is fed them: then `tests` holds the first one, which tells program and directory.
  Launch run_launch(const std::vector<const Test*>& tests, const std::string& process_tag) const;
  /// Understands what that process tells.
  std::unique_ptr<ResultParser> result_parser(const std::vector<const Test*>& tests) const;
  /// The bytes that feed one test to a live runner. Our adapters learn what $SHARDER_TEST, $SHARDER_ATTEMPT and
  /// $SHARDER_SEED of this test are, too: its process was started for another one.
  std::string feed_line(const Test& test, int attempt, std::uint64_t seed) const;

  /// The shell command with which a person runs just this test, outside sharder.
  std::string explain_run(const Test& test) const;

 private:
  void parse_format(const std::string& program, std::string_view output, class ListingBuilder& builder) const;
  /// `run_command` for these tests; where their files lie is said by `launch`.
  std::vector<std::string> command_for(const std::vector<const Test*>& tests, const std::string& run_command,
                                       const Launch& launch) const;

  const SuiteConfig& suite_;
};

}  // namespace sharder
