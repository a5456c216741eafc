#include "containers/agent/spawn.hpp"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "containers/agent/system.hpp"

namespace sharder::agent {
namespace {

enum class Stage { none, streams, identity, directory, exec };

/// Everything the child needs, made before vfork: after it only system calls are allowed.
struct Plan {
  std::vector<std::string> paths;  // to try in this order
  std::vector<char*> arguments, environment, shell_arguments;
  const char* directory = "/";
  const wire::Person* person = nullptr;
  int input = -1, output = -1, error = -1, channel_in = -1, channel_out = -1;

  // Written by the child.
  Stage stage = Stage::none;
  int error_number = 0;
  std::uint64_t started_ns = 0;
};

std::string value_of(const std::vector<std::string>& environment, const std::string& name) {
  for (const std::string& entry : environment)
    if (entry.compare(0, name.size() + 1, name + "=") == 0) return entry.substr(name.size() + 1);
  return {};
}

std::vector<std::string> candidates(const wire::Run& run) {
  const std::string& command = run.command[0];
  if (command.find('/') != std::string::npos) return {command};
  std::string path = value_of(run.environment, "PATH");
  if (path.empty()) path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  std::vector<std::string> found;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find(':', start), path.size());
    const std::string directory = path.substr(start, end - start);
    found.push_back(directory.empty() ? command : directory + "/" + command);
    start = end + 1;
  }
  return found;
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> list;
  for (const std::string& word : words)
    list.push_back(const_cast<char*>(word.c_str()));  // NOLINT: as execve wants
  list.push_back(nullptr);
  return list;
}

Plan make_plan(const wire::Run& run, const Streams& streams, int null_input) {
  Plan plan;
  plan.paths = candidates(run);
  plan.arguments = pointers(run.command);
  plan.environment = pointers(run.environment);
  // A script without "#!" is run by the shell, as execvp does; the second word becomes the path that was
  // found.
  static char shell[] = "/bin/sh";
  plan.shell_arguments = plan.arguments;
  plan.shell_arguments.insert(plan.shell_arguments.begin(), shell);
  plan.directory = run.directory.empty() ? "/" : run.directory.c_str();
  plan.person = &run.person;
  plan.input = streams.input >= 0 && !run.channels ? streams.input : null_input;
  plan.output = streams.output;
  plan.error = streams.error >= 0 ? streams.error : streams.output;
  if (run.channels) {
    plan.channel_in = streams.input;
    plan.channel_out = streams.result;
  }
  return plan;
}

bool place(int from, int to) {
  return from < 0 || ::dup2(from, to) == to;
}

bool set_streams(const Plan& plan) {
  return place(plan.input, 0) && place(plan.output, 1) && place(plan.error, 2) && place(plan.channel_in, 3) &&
         place(plan.channel_out, 4);
}

bool become(const wire::Person& person) {
  // The system calls themselves: glibc's wrappers synchronise threads through memory that vfork shares.
  static_assert(sizeof(gid_t) == sizeof(std::uint32_t));
  return ::syscall(SYS_setgroups, person.groups.size(), person.groups.data()) == 0 &&
         ::syscall(SYS_setresgid, person.gid, person.gid, person.gid) == 0 &&
         ::syscall(SYS_setresuid, person.uid, person.uid, person.uid) == 0;
}

void try_to_exec(Plan& plan) {
  int denied = 0;
  for (const std::string& path : plan.paths) {
    ::execve(path.c_str(), plan.arguments.data(), plan.environment.data());
    if (errno == ENOEXEC) {
      plan.shell_arguments[1] = const_cast<char*>(path.c_str());  // NOLINT: as execve wants
      ::execve("/bin/sh", plan.shell_arguments.data(), plan.environment.data());
      return;
    }
    if (errno == EACCES) denied = EACCES;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return;
  }
  if (denied != 0) errno = denied;
}

[[noreturn]] void child(Plan& plan) {
  sigset_t none;
  ::sigemptyset(&none);
  ::signal(SIGPIPE, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::setsid();
  ::umask(022);
  plan.stage = Stage::streams;
  if (set_streams(plan)) {
    plan.stage = Stage::identity;
    if (become(*plan.person)) {
      plan.stage = Stage::directory;
      if (::chdir(plan.directory) == 0) {
        plan.stage = Stage::exec;
        plan.started_ns = now_ns();
        try_to_exec(plan);
      }
    }
  }
  plan.error_number = errno;
  ::_exit(127);
}

std::string describe(const Plan& plan, const wire::Run& run) {
  switch (plan.stage) {
    case Stage::directory:
      return "enter " + run.directory + ": " + error_text(plan.error_number);
    case Stage::identity:
      return "become user " + std::to_string(run.person.uid) + ": " + error_text(plan.error_number);
    case Stage::exec:
      return "exec " + run.command[0] + ": " + error_text(plan.error_number);
    default:
      return "start " + run.command[0] + ": " + error_text(plan.error_number);
  }
}

}  // namespace

void Streams::close_process_ends() {
  close_if_open(output);
  close_if_open(error);
  close_if_open(input);
}

void Streams::close_all() {
  close_process_ends();
  close_if_open(result);
  close_if_open(collect);
  for (int& piece : pieces) close_if_open(piece);
}

bool sort_streams(const wire::Run& run, const std::vector<int>& descriptors, Streams& streams) {
  std::size_t next = 0;
  const auto take = [&](wire::Stream stream, int& place_for) {
    if (run.has(stream) && next < descriptors.size()) place_for = descriptors[next++];
  };
  take(wire::Stream::output, streams.output);
  take(wire::Stream::error, streams.error);
  take(wire::Stream::input, streams.input);
  take(wire::Stream::result, streams.result);
  take(wire::Stream::collect, streams.collect);
  streams.pieces.assign(descriptors.begin() + static_cast<std::ptrdiff_t>(next), descriptors.end());
  return streams.pieces.size() == run.pieces.size();
}

Spawned spawn(const wire::Run& run, const Streams& streams) {
  Spawned spawned;
  if (run.command.empty()) {
    spawned.error_number = EINVAL;
    spawned.message = "the command is empty";
    return spawned;
  }
  const int null_input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  Plan plan = make_plan(run, streams, null_input);
  const pid_t pid = ::vfork();
  if (pid == 0) child(plan);
  const int fork_error = errno;
  if (null_input >= 0) ::close(null_input);
  if (pid < 0) {
    spawned.error_number = fork_error;
    spawned.message = "fork: " + error_text(fork_error);
    spawned.no_process = true;
  } else if (plan.error_number != 0) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    spawned.error_number = plan.error_number;
    spawned.message = describe(plan, run);
  } else {
    spawned.pid = pid;
    spawned.started_ns = plan.started_ns;
    expose_to_out_of_memory_killer(pid);
  }
  return spawned;
}

void expose_to_out_of_memory_killer(pid_t pid) {
  int fd = open_in_proc(std::to_string(pid) + "/oom_score_adj", O_WRONLY);
  if (fd >= 0) write_all(fd, "500", 3);
  close_if_open(fd);
}

}  // namespace sharder::agent
