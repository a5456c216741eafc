#include "containers/bases/base_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "containers/bases/as_base_root.hpp"
#include "containers/bases/tool.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_name = 63;
constexpr const char* host_name = "host";
constexpr const char* needs_root = "bases take root: try sudo";

/// An empty descriptor where `path` does not exist.
UniqueFd open_lock(const fs::path& path, int flags) {
  UniqueFd lock(open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock && errno != ENOENT)
    throw SystemError("open " + path.string(), errno, errno == EACCES ? needs_root : "");
  return lock;
}

bool lock_now(const UniqueFd& lock, int how) {
  while (flock(lock.get(), how | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw SystemError("flock", errno);
  }
  return true;
}

/// Waits for whoever is just replacing or removing the base.
bool lock_shared(const UniqueFd& lock) {
  while (flock(lock.get(), LOCK_SH) != 0)
    if (errno != EINTR) throw SystemError("flock", errno);
  return true;
}

/// Whether the lock that we hold is still the one at `path`: its directory may have been replaced meanwhile.
bool is_current(const UniqueFd& lock, const fs::path& path) {
  struct stat held {
  }, now{};
  return fstat(lock.get(), &held) == 0 && stat(path.c_str(), &now) == 0 && held.st_dev == now.st_dev &&
         held.st_ino == now.st_ino;
}

/// rm stays on one file system, so a mount that a killed mmdebstrap left in there would not be emptied with
/// it.
void remove_tree(const fs::path& path, InterruptionGuard* interruption) {
  if (fs::exists(fs::symlink_status(path)))
    run_tool(as_base_root({"rm", "-rf", "--one-file-system", path.string()}), interruption, "rm");
}

/// For destructors: what is half made must go although a signal waits, and its failure is told, not thrown.
void remove_tree_at_last(const fs::path& path) noexcept {
  try {
    remove_tree(path, nullptr);
  } catch (const Error& error) {
    fmt::print(stderr, "sharder: cannot remove {}: {}\n", path.string(), error.what());
  }
}

UniqueFd lock_for_change(const fs::path& bases, const std::string& name) {
  const fs::path path = bases / fmt::format(".{}.lock", name);
  for (;;) {
    UniqueFd lock = open_lock(path, O_RDWR | O_CREAT);
    if (!lock || !lock_now(lock, LOCK_EX))
      throw ContainerError(fmt::format("base \"{}\" is being made or removed by another sharder", name));
    if (is_current(lock, path)) return lock;
  }
}

/// Keeps runs from taking the base until the result is destroyed. Throws ContainerError when one has it.
UniqueFd lock_against_runs(const fs::path& base) {
  UniqueFd used = open_lock(base / "lock", O_RDWR);
  if (used && !lock_now(used, LOCK_EX))
    throw ContainerError(fmt::format("base \"{}\" is in use by a run", base.filename().string()),
                         "try again when the run has ended");
  return used;
}

void rename_path(const fs::path& from, const fs::path& to, unsigned flags = 0) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) != 0)
    throw SystemError(fmt::format("rename {} to {}", from.string(), to.string()), errno);
}

}  // namespace

void check_base_name(const std::string& name) {
  if (name == host_name)
    throw ConfigError("\"host\" is this machine itself: it need not be made", "choose another name");
  const auto fits = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-' ||
           letter == '.' || letter == '_';
  };
  if (name.empty() || name.size() > longest_name || !std::ranges::all_of(name, fits) || name.front() == '.' ||
      name.front() == '-')
    throw ConfigError(fmt::format("\"{}\" cannot be the name of a base", printable(name)),
                      "up to 63 small letters, digits, '.', '_' and '-', e.g. noble-ci");
}

BaseWorkshop::BaseWorkshop(fs::path bases, std::string name, InterruptionGuard& interruption)
    : bases_(std::move(bases)), staging_(bases_ / fmt::format(".{}.new", name)), name_(std::move(name)) {
  std::error_code failure;
  fs::create_directories(bases_, failure);
  if (failure) throw SystemError("create " + bases_.string(), failure.value(), needs_root);
  lock_ = lock_for_change(bases_, name_);
  remove_tree(staging_, &interruption);
  remove_tree(bases_ / fmt::format(".{}.old", name_), &interruption);
  // A base may hold setuid programs with known holes: none but root passes this directory.
  if (mkdir(staging_.c_str(), 0700) != 0) throw SystemError("mkdir " + staging_.string(), errno);
  if (mkdir(root().c_str(), 0755) != 0) throw SystemError("mkdir " + root().string(), errno);
}

BaseWorkshop::~BaseWorkshop() {
  remove_tree_at_last(staging_);
  unlink((bases_ / fmt::format(".{}.lock", name_)).c_str());
}

void BaseWorkshop::publish(const Base& base) {
  write_file(staging_ / "base.json", base_to_json(base));
  write_file(staging_ / "lock", "");
  const fs::path place = bases_ / name_;
  const bool replaces = fs::exists(place);
  const UniqueFd used = lock_against_runs(place);
  // Exchanged, the base is there at every moment, and the destructor removes the old one.
  rename_path(staging_, place, replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE);
}

BaseStore::BaseStore(fs::path directory) : directory_(std::move(directory)) {}

bool BaseStore::contains(const std::string& name) const {
  return fs::exists(directory_ / name);
}

std::vector<std::string> BaseStore::names() const {
  std::vector<std::string> names;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(directory_, failure))
    if (const std::string name = entry.path().filename(); entry.is_directory() && !name.starts_with('.'))
      names.push_back(name);
  std::ranges::sort(names);
  return names;
}

Base BaseStore::find(const std::string& name) const {
  if (name == host_name) {
    Base host;
    host.name = name;
    host.root = "/";
    return host;
  }
  check_base_name(name);
  if (!contains(name)) throw unknown(name);
  const fs::path record = directory_ / name / "base.json";
  if (access(record.c_str(), R_OK) != 0 && errno == EACCES)
    throw SystemError("read " + record.string(), errno, needs_root);
  Base base = base_from_json(name, read_file(record));
  base.root = directory_ / name / "root";
  return base;
}

ConfigError BaseStore::unknown(const std::string& name) const {
  std::vector<std::string> known = names();
  known.insert(known.begin(), host_name);
  const std::string near = nearest(name, known);
  const std::string all = "there are: " + join(known, ", ");
  return ConfigError(fmt::format("no base named \"{}\"", name),
                     near.empty() ? fmt::format("{}; sharder base create {} makes one", all, name)
                                  : fmt::format("did you mean {}? {}", near, all));
}

BaseLease BaseStore::lease(const std::string& name) const {
  const fs::path path = directory_ / name / "lock";
  // Between the opening and the locking the base may be replaced; then the new one's lock is the one to take.
  for (;;) {
    Base base = find(name);
    if (base.is_host()) return {std::move(base), UniqueFd{}};
    UniqueFd lock = open_lock(path, O_RDONLY);
    if (!lock && contains(name))
      throw ContainerError(fmt::format("base \"{}\" is damaged: it has no lock", name),
                           fmt::format("sharder base refresh {}", name));
    if (lock && lock_shared(lock) && is_current(lock, path)) return {find(name), std::move(lock)};
  }
}

void BaseStore::remove(const std::string& name) {
  const InterruptionGuard until_it_is_gone;
  check_base_name(name);
  if (!contains(name)) throw unknown(name);
  const UniqueFd lock = lock_for_change(directory_, name);
  const UniqueFd used = lock_against_runs(directory_ / name);
  const fs::path aside = directory_ / fmt::format(".{}.old", name);
  rename_path(directory_ / name, aside);
  remove_tree(aside, nullptr);
  unlink((directory_ / fmt::format(".{}.lock", name)).c_str());
}

}  // namespace sharder
