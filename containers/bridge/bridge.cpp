#include "containers/bridge/bridge.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "containers/rootfs/command.hpp"
#include "containers/rootfs/mount_calls.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;
using rootfs::run_command;

/// Networks 10.213.0.0/24 to 10.213.199.0/24: a range that neither LXC, Docker, libvirt nor Kubernetes uses
/// by default.
constexpr int slots = 200;
constexpr unsigned first_host = 2, hosts = 250;
constexpr const char* forwarding = "/proc/sys/net/ipv4/ip_forward";
constexpr const char* forwarding_was_off = "forwarding-was-off";

std::string bridge_name(int slot) {
  return "sharder" + std::to_string(slot);
}
std::string table_name(int slot) {
  return "sharder_" + std::to_string(slot);
}
std::string prefix_of(int slot) {
  return "10.213." + std::to_string(slot) + ".";
}

/// Little-endian hexadecimal as in /proc/net/route.
std::string destination_of(int slot) {
  char text[9];
  std::snprintf(text, sizeof text, "00%02XD50A", static_cast<unsigned>(slot));
  return text;
}

bool is_routed(int slot) {
  for (const std::string& line : split_lines(read_file_if_any("/proc/net/route").value_or(""))) {
    const std::vector<std::string> fields = split(line, '\t');
    if (fields.size() > 1 && fields[1] == destination_of(slot)) return true;
  }
  return false;
}

UniqueFd open_slot(const fs::path& directory, int slot) {
  UniqueFd lock(::open((directory / std::to_string(slot)).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return {};
  return lock;
}

void remove_network(int slot) {
  // Either may be missing; then there is nothing to undo.
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"ip", "link", "delete", bridge_name(slot)},
        std::vector<std::string>{"nft", "delete", "table", "ip", table_name(slot)}}) {
    try {
      run_command(words, words[0] == "ip" ? "iproute2" : "nftables");
    } catch (const ContainerError&) {
      continue;
    }
  }
}

/// Turns forwarding off again if we turned it on and no run is left that needs it.
void restore_forwarding(const fs::path& directory) {
  std::error_code error;
  if (!fs::exists(directory / forwarding_was_off, error)) return;
  for (int slot = 0; slot < slots; ++slot)
    if (fs::exists(directory / std::to_string(slot), error) && !open_slot(directory, slot)) return;
  fs::remove(directory / forwarding_was_off, error);
  const UniqueFd file(::open(forwarding, O_WRONLY | O_CLOEXEC));
  if (file && ::write(file.get(), "0", 1) != 1) throw SystemError(std::string("write ") + forwarding, errno);
}

void turn_forwarding_on(const fs::path& directory) {
  if (trim(read_file_if_any(forwarding).value_or("")) == "1") return;
  write_file(directory / forwarding_was_off, "");
  const UniqueFd file(::open(forwarding, O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), "1", 1) != 1) throw SystemError(std::string("write ") + forwarding, errno);
}

/// Whoever makes or undoes networks holds it: forwarding belongs to all of them.
UniqueFd lock_all(const fs::path& directory) {
  UniqueFd gate(::open((directory / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!gate || ::flock(gate.get(), LOCK_EX) != 0) throw SystemError("lock " + directory.string(), errno);
  return gate;
}

}  // namespace

Bridge::Bridge(fs::path directory) : directory_(std::move(directory)) {
  rootfs::make_directories(directory_.string());
  const UniqueFd gate = lock_all(directory_);
  choose_network();
  try {
    set_up();
  } catch (const Error&) {
    remove_network(slot_);
    lock_.reset();
    restore_forwarding(directory_);
    throw;
  }
}

void Bridge::choose_network() {
  for (slot_ = 0; slot_ < slots; ++slot_) {
    lock_ = open_slot(directory_, slot_);
    if (!lock_) continue;
    remove_network(slot_);  // of a dead run
    if (!is_routed(slot_)) break;
    lock_.reset();
  }
  if (!lock_) throw ContainerError("no private network is free on this machine", "sharder clean");
  name_ = bridge_name(slot_);
}

void Bridge::set_up() {
  const std::string gateway = prefix_of(slot_) + "1/24", table = table_name(slot_);
  run_command({"ip", "link", "add", name_, "type", "bridge"}, "iproute2");
  run_command({"ip", "address", "add", gateway, "dev", name_}, "iproute2");
  run_command({"ip", "link", "set", name_, "up"}, "iproute2");
  run_command(
      {"nft", "table ip " + table + " { chain out { type nat hook postrouting priority srcnat; ip saddr " +
                  prefix_of(slot_) + "0/24 oifname != \"" + name_ + "\" masquerade; }; }"},
      "nftables");
  turn_forwarding_on(directory_);
}

Bridge::~Bridge() {
  try {
    const UniqueFd gate = lock_all(directory_);
    remove_network(slot_);
    lock_.reset();
    restore_forwarding(directory_);
  } catch (const Error&) {
    return;  // `sharder clean` undoes the rest
  }
}

CloneAddress Bridge::address_of(unsigned number) const {
  const std::string prefix = prefix_of(slot_);
  return {prefix + std::to_string(first_host + number % hosts) + "/24", prefix + "1"};
}

void clean_dead_bridges(const fs::path& directory) {
  std::error_code error;
  if (!fs::exists(directory, error)) return;
  const UniqueFd gate = lock_all(directory);
  for (int slot = 0; slot < slots; ++slot) {
    if (!fs::exists("/sys/class/net/" + bridge_name(slot), error)) continue;
    if (const UniqueFd lock = open_slot(directory, slot)) remove_network(slot);
  }
  restore_forwarding(directory);
}

}  // namespace sharder
