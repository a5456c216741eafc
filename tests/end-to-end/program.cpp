#include "tests/end-to-end/program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>

namespace sharder::end_to_end {
namespace {

namespace fs = std::filesystem;

int next_program = 0;

std::string read_whole(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> environment_of(const Command& command) {
  std::map<std::string, std::string> variables{
      {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {"HOME", "/root"},
      {"LANG", "C.UTF-8"}};
  for (const auto& [name, value] : command.environment) variables[name] = value;
  std::vector<std::string> flat;
  for (const auto& [name, value] : variables) flat.push_back(name + "=" + value);
  return flat;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Program::Program(const Command& command, const fs::path& scratch) {
  const std::string number = std::to_string(next_program++);
  output_ = scratch / (number + ".stdout");
  error_output_ = scratch / (number + ".stderr");
  const fs::path input = scratch / (number + ".stdin");
  std::ofstream(input, std::ios::binary) << command.input;

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  constexpr int create = O_WRONLY | O_CREAT | O_TRUNC;
  ::posix_spawn_file_actions_addopen(&actions, 0, input.c_str(), O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, output_.c_str(), create, 0644);
  ::posix_spawn_file_actions_addopen(&actions, 2, error_output_.c_str(), create, 0644);
  ::posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
  std::vector<std::string> words = command.words, environment = environment_of(command);
  const int error = ::posix_spawnp(&pid_, words.front().c_str(), &actions, nullptr, pointers_to(words).data(),
                                   pointers_to(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    over_ = true;
    ADD_FAILURE() << "start " << words.front() << ": " << std::strerror(error);
  }
}

Program::~Program() {
  if (ended()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, &status_, 0);
}

void Program::signal(int number) const {
  ::kill(pid_, number);
}

bool Program::ended() {
  if (!over_) over_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
  return over_;
}

bool Program::wait_for_text(const std::string& text, std::chrono::seconds patience) {
  const auto there = [&] {
    return read_whole(output_).find(text) != std::string::npos ||
           read_whole(error_output_).find(text) != std::string::npos;
  };
  (void)eventually([&] { return there() || ended(); }, patience);
  return there();
}

Transcript Program::wait(std::chrono::seconds patience) {
  if (!eventually([&] { return ended(); }, patience)) {
    ADD_FAILURE() << "the program did not end within " << patience.count() << " s";
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status_, 0);
    over_ = true;
  }
  Transcript transcript;
  transcript.status = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  transcript.output = read_whole(output_);
  transcript.error_output = read_whole(error_output_);
  return transcript;
}

void pause_briefly() {
  ::usleep(5000);
}

}  // namespace sharder::end_to_end
