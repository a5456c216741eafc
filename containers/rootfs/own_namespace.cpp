#include "containers/rootfs/own_namespace.hpp"

#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "containers/rootfs/command.hpp"
#include "containers/rootfs/own_ids.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder::rootfs {
namespace {

std::string user_name() {
  const passwd* account = ::getpwuid(::geteuid());
  return account != nullptr ? account->pw_name : std::to_string(::geteuid());
}

OwnIds own_ids(const char* file, const char* option, std::uint32_t self) {
  const std::string name = user_name();
  const auto first = find_own_range(read_file_if_any(file).value_or(""), name, ::geteuid());
  if (!first)
    throw UnfitError(std::string(file) + " gives " + name + " no range of 65536 ids",
                     std::string("sudo usermod ") + option + " 100000-165535 " + name +
                         " (another range where this one is taken)");
  return {self, *first};
}

OwnIds own_user_ids() {
  return own_ids("/etc/subuid", "--add-subuids", ::geteuid());
}

OwnIds own_group_ids() {
  return own_ids("/etc/subgid", "--add-subgids", ::getegid());
}

ClonesIds maps_for(OwnNamespace purpose) {
  const OwnIds users = own_user_ids(), groups = own_group_ids();
  if (purpose == OwnNamespace::base) return {base_map(users), base_map(groups)};
  return {keeper_map(users), keeper_map(groups)};
}

std::vector<std::string> mapping_command(const char* program, pid_t process, const IdMap& map) {
  std::vector<std::string> words{program, std::to_string(process)};
  for (const IdMap::Line& line : map.lines())
    for (const std::uint32_t number : {line.inside, line.outside, line.count})
      words.push_back(std::to_string(number));
  return words;
}

/// In a child that stays outside: only from there the setuid programs may write the maps.
[[noreturn]] void write_maps_when_told(pid_t process, const ClonesIds& ids, Pipe told, const Pipe& answer) {
  told.write_end.reset();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  char byte = 0;
  if (::read(told.read_end.get(), &byte, 1) != 1) ::_exit(1);
  std::string wrong;
  try {
    run_command(mapping_command("newuidmap", process, ids.users), "uidmap");
    run_command(mapping_command("newgidmap", process, ids.groups), "uidmap");
  } catch (const Error& error) {
    wrong = std::string(error.what()) + "\n" + error.hint();
  }
  ::_exit(::write(answer.write_end.get(), wrong.data(), wrong.size()) < 0 ? 1 : 0);
}

/// What a child answers, to its end.
std::string answer_of(Pipe& answer) {
  answer.write_end.reset();
  std::string text;
  char buffer[1024];
  for (ssize_t got; (got = ::read(answer.read_end.get(), buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  return text;
}

bool setting_is(const std::string& name, const char* value) {
  return trim(read_file_if_any("/proc/sys/" + name).value_or("")) == value;
}

void become_root() {
  const bool done = ::setgroups(0, nullptr) == 0 && ::syscall(SYS_setresgid, 0, 0, 0) == 0 &&
                    ::syscall(SYS_setresuid, 0, 0, 0) == 0;
  if (!done) throw UnfitError("cannot become root of a user namespace: " + error_text(errno), own_namespace_cure());
}

}  // namespace

void make_bare_user_namespace() {
  if (::unshare(CLONE_NEWUSER) != 0)
    throw UnfitError("an ordinary user cannot make a user namespace: " + error_text(errno), user_namespace_cure());
}

void check_own_user_ids() {
  static_cast<void>(own_user_ids());
}

void check_own_group_ids() {
  static_cast<void>(own_group_ids());
}

std::string user_namespace_cure() {
  if (setting_is("kernel/unprivileged_userns_clone", "0")) return "sudo sysctl kernel.unprivileged_userns_clone=1";
  return "sudo sysctl user.max_user_namespaces=10000";
}

std::string own_namespace_cure() {
  const bool restricted = setting_is("kernel/apparmor_restrict_unprivileged_userns", "1");
  return restricted ? "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0" : "";
}

void enter_own_namespace(OwnNamespace purpose) {
  const ClonesIds ids = maps_for(purpose);
  Pipe told = make_pipe(), answer = make_pipe();
  const pid_t self = ::getpid(), mapper = ::fork();
  if (mapper < 0) throw SystemError("fork", errno);
  if (mapper == 0) write_maps_when_told(self, ids, std::move(told), answer);
  told.read_end.reset();
  std::string wrong;
  try {
    make_bare_user_namespace();
    if (::write(told.write_end.get(), "", 1) == 1) wrong = answer_of(answer);
  } catch (const UnfitError&) {
    told.write_end.reset();  // ends the child
    ::waitpid(mapper, nullptr, 0);
    throw;
  }
  int status = 0;
  ::waitpid(mapper, &status, 0);
  if (!wrong.empty()) {
    const std::size_t end = wrong.rfind('\n');
    throw UnfitError(wrong.substr(0, end), wrong.substr(end + 1));
  }
  if (status != 0) throw UnfitError("nobody wrote the maps of a user namespace");
  become_root();
}

std::string done_in_own_namespace(const std::function<std::string()>& work) {
  Pipe answer = make_pipe();
  const pid_t pid = ::fork();
  if (pid < 0) throw SystemError("fork", errno);
  if (pid == 0) {
    std::string text;
    int status = 0;
    try {
      enter_own_namespace(OwnNamespace::keepers);
      text = work();
    } catch (const Error& error) {
      text = error.what();
      status = 1;
    }
    const bool told = ::write(answer.write_end.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::_exit(told ? status : 1);
  }
  std::string text = answer_of(answer);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw UnfitError(text.empty() ? "a process in a user namespace died" : text);
  return text;
}

std::optional<ClonesIds> clone_ids_of_own_namespace() {
  auto users = clone_map_within(read_file_if_any("/proc/self/uid_map").value_or(""));
  auto groups = clone_map_within(read_file_if_any("/proc/self/gid_map").value_or(""));
  if (!users || !groups) return std::nullopt;
  return ClonesIds{std::move(*users), std::move(*groups)};
}

}  // namespace sharder::rootfs
