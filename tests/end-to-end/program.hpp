// A program run as a person runs it: words, environment, standard input; its output and exit status. Knows
// nothing of sharder. Output goes to files, so that a program that writes much never waits for us.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace sharder::end_to_end {

struct Command {
  std::vector<std::string> words;
  std::map<std::string, std::string> environment;  // beside PATH, HOME and LANG, which are always the same
  std::string input;
  std::filesystem::path directory;
};

struct Transcript {
  int status = -1;  // exit status; 128 and the number where a signal ended it
  std::string output, error_output;

  /// Both streams, for assertions' messages.
  std::string all() const { return output + "\n--- standard error ---\n" + error_output; }
};

/// One running program. Killed and waited for at the latest by the destructor.
class Program {
 public:
  /// `scratch` is a directory of the caller's for the program's streams.
  Program(const Command& command, const std::filesystem::path& scratch);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// Until `text` stands in either stream. False after `patience`, or once the program has ended without it.
  bool wait_for_text(const std::string& text, std::chrono::seconds patience = std::chrono::seconds(20));
  /// Until it ends; a test fails where that takes longer than `patience`, and the program is killed.
  Transcript wait(std::chrono::seconds patience = std::chrono::seconds(60));

 private:
  bool ended();

  std::filesystem::path output_, error_output_;
  pid_t pid_ = -1;
  int status_ = -1;  // as waitpid tells it
  bool over_ = false;
};

/// Calls `done` every few milliseconds until it says yes. False after `patience`.
template <typename Condition>
bool eventually(Condition done, std::chrono::milliseconds patience = std::chrono::seconds(10));

void pause_briefly();

}  // namespace sharder::end_to_end

template <typename Condition>
bool sharder::end_to_end::eventually(Condition done, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (done()) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    pause_briefly();
  }
}
