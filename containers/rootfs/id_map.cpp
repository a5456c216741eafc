#include "containers/rootfs/id_map.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "containers/rootfs/mount_calls.hpp"
#include "sharder/support/errors.hpp"

namespace sharder::rootfs {
namespace {

/// More clones than one machine ever runs, and the last range still ends below 2^31.
constexpr std::uint32_t slots = 2040;

/// What the kernel shows for an id that has none in our user namespace.
constexpr std::uint32_t nobody = 65534;

/// setresuid() took the effective capabilities; the permitted ones were kept by PR_SET_KEEPCAPS.
void raise_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (::syscall(SYS_capget, &header, data) != 0) return;
  for (__user_cap_data_struct& part : data) part.effective = part.permitted;
  ::syscall(SYS_capset, &header, data);
}

/// In a child: becomes the creator, makes the namespace, tells, and waits to be killed.
[[noreturn]] void hold_namespace(std::uint32_t creator, int told) {
  const pid_t keeper = ::getppid();
  ::prctl(PR_SET_KEEPCAPS, 1);
  bool made = creator == 0 || (::syscall(SYS_setresgid, creator, creator, creator) == 0 &&
                               ::syscall(SYS_setresuid, creator, creator, creator) == 0);
  raise_capabilities();
  made = made && ::unshare(CLONE_NEWUSER) == 0;
  // Last, since a change of credentials forgets it.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != keeper) ::_exit(1);
  const int error = made ? 0 : errno;
  if (::write(told, &error, sizeof error) != sizeof error) ::_exit(1);
  for (;;) ::pause();
}

void write_map(const std::string& path, const IdMap& map) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  const std::string text = map.text();
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw SystemError("write " + path, errno);
}

UniqueFd take_namespace(pid_t pid, const ClonesIds& ids) {
  const std::string process = "/proc/" + std::to_string(pid);
  write_map(process + "/uid_map", ids.users);
  write_map(process + "/gid_map", ids.groups);
  UniqueFd user_namespace(::open((process + "/ns/user").c_str(), O_RDONLY | O_CLOEXEC));
  if (!user_namespace) throw SystemError("open " + process + "/ns/user", errno);
  return user_namespace;
}

/// Kills and reaps the process that held the namespace until we had it.
struct Holder {
  pid_t pid;
  ~Holder() {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
};

}  // namespace

IdMap::IdMap(std::uint32_t base)
    : base_(base), next_extra_(base + mapped_ids), lines_{{0, base, mapped_ids}} {}

IdMap::IdMap(std::uint32_t base, std::vector<Line> lines)
    : base_(base), next_extra_(base + mapped_ids), lines_(std::move(lines)) {}

IdMap IdMap::identity() {
  IdMap map;
  map.lines_ = {{0, 0, 0xffffffff}};
  return map;
}

std::optional<std::uint32_t> IdMap::outside(std::uint32_t inside) const {
  for (const Line& line : lines_)
    if (inside >= line.inside && inside - line.inside < line.count)
      return line.outside + (inside - line.inside);
  return std::nullopt;
}

void IdMap::include(std::uint32_t id) {
  if (!outside(id)) lines_.push_back({id, next_extra_++, 1});
}

IdMap IdMap::exchanged(std::uint32_t one, std::uint32_t other) const {
  const std::optional<std::uint32_t> first = outside(one), second = outside(other);
  if (one == other || !first || !second) return *this;
  IdMap map;
  map.base_ = base_;
  map.next_extra_ = next_extra_;
  // Every line is cut where one of the two lies in it; what remains keeps its place.
  for (const Line& line : lines_) {
    std::uint32_t from = line.inside;
    const std::uint64_t end = static_cast<std::uint64_t>(line.inside) + line.count;
    for (const std::uint32_t id : {std::min(one, other), std::max(one, other)}) {
      if (id < line.inside || id >= end) continue;
      if (id > from) map.lines_.push_back({from, line.outside + (from - line.inside), id - from});
      map.lines_.push_back({id, id == one ? *second : *first, 1});
      from = id + 1;
    }
    if (from < end)
      map.lines_.push_back(
          {from, line.outside + (from - line.inside), static_cast<std::uint32_t>(end - from)});
  }
  return map;
}

std::string IdMap::text() const {
  std::string text;
  for (const Line& line : lines_)
    text += std::to_string(line.inside) + " " + std::to_string(line.outside) + " " +
            std::to_string(line.count) + "\n";
  return text;
}

IdMap IdMap::inverse() const {
  IdMap map;
  map.base_ = base_;
  for (const Line& line : lines_) map.lines_.push_back({line.outside, line.inside, line.count});
  return map;
}

bool give_to(const std::string& path, std::uint32_t user, std::uint32_t group, const ClonesIds& ids) {
  if (::lchown(path.c_str(), user, group) == 0) return true;
  if (errno != EINVAL) return false;
  const auto known = [](std::uint32_t id, const IdMap& map) {
    return id == nobody ? map.outside(nobody).value_or(id) : id;
  };
  return ::lchown(path.c_str(), known(user, ids.users), known(group, ids.groups)) == 0;
}

UniqueFd make_user_namespace(const ClonesIds& ids, std::uint32_t creator) {
  Pipe told = make_pipe();
  const pid_t pid = ::fork();
  if (pid < 0) throw SystemError("fork", errno);
  if (pid == 0) hold_namespace(creator, told.write_end.get());
  const Holder holder{pid};
  told.write_end.reset();
  int error = EPIPE;
  if (::read(told.read_end.get(), &error, sizeof error) != sizeof error || error != 0)
    throw SystemError("make a user namespace", error);
  return take_namespace(pid, ids);
}

IdRange IdRange::reserve(const std::string& directory) {
  make_directories(directory);
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    const std::string path = directory + "/" + std::to_string(slot);
    UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) throw SystemError("open " + path, errno);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0)
      return {std::move(lock), first_range + slot * range_size};
  }
  throw ContainerError("no range of user ids is free on this machine", "sharder clean");
}

}  // namespace sharder::rootfs
