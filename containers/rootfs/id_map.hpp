// Which ids of the machine stand for a clone's ids: ranges that no two clones of the machine share, and user
// namespaces made from them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sharder/support/unique_fd.hpp"

namespace sharder::rootfs {

/// Clones' ranges begin here: above /etc/subuid's usual ones and systemd's, below 2^31.
inline constexpr std::uint32_t first_range = 0x70000000;
inline constexpr std::uint32_t range_size = 0x20000;
/// Ids 0 to 65535 of a clone; the rest of its range is for single ids above them (LDAP, Active Directory).
inline constexpr std::uint32_t mapped_ids = 0x10000;

/// A map from a clone's ids to the machine's.
class IdMap {
 public:
  struct Line {
    std::uint32_t inside, outside, count;
  };
  explicit IdMap(std::uint32_t base);
  /// A map of other lines; `base` is what 0 stands for.
  IdMap(std::uint32_t base, std::vector<Line> lines);
  static IdMap identity();

  /// Maps one more id, if it is not mapped yet.
  void include(std::uint32_t id);
  /// The same map with two of the clone's ids standing for each other.
  IdMap exchanged(std::uint32_t one, std::uint32_t other) const;

  std::uint32_t base() const { return base_; }
  const std::vector<Line>& lines() const { return lines_; }
  /// The machine's id; nothing where the clone's id is not mapped.
  std::optional<std::uint32_t> outside(std::uint32_t inside) const;
  /// The content of /proc/PID/uid_map.
  std::string text() const;
  /// The map's inverse, as a mount needs it that shows a clone's files with the ids they have inside.
  IdMap inverse() const;

 private:
  IdMap() = default;
  std::uint32_t base_ = 0, next_extra_ = 0;
  std::vector<Line> lines_;
};

struct ClonesIds {
  IdMap users, groups;
};

/// lchown() to an owner as lstat() told him. Whoever has no id in our own user namespace becomes the clone's nobody.
/// False, with errno, where that fails too.
bool give_to(const std::string& path, std::uint32_t user, std::uint32_t group, const ClonesIds& ids);

/// A user namespace with these maps. It is created by user id `creator`, so that what the kernel charges to a
/// namespace's creator (inotify instances) is charged to the clone's own range. Throws SystemError.
UniqueFd make_user_namespace(const ClonesIds& ids, std::uint32_t creator);

/// A range that is ours until the object is destroyed, by a lock that all runs on the machine respect.
class IdRange {
 public:
  /// Throws ContainerError when no range is free.
  static IdRange reserve(const std::string& directory = "/run/sharder/ranges");
  std::uint32_t base() const { return base_; }

 private:
  IdRange(UniqueFd lock, std::uint32_t base) : lock_(std::move(lock)), base_(base) {}
  UniqueFd lock_;
  std::uint32_t base_;
};

}  // namespace sharder::rootfs
