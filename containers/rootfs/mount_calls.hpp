// The kernel's mount calls as functions that throw with a name on what failed. Decides nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sharder/support/unique_fd.hpp"

namespace sharder::rootfs {

/// A detached copy of the mount at `path`; with `recursive` of what is mounted below it too.
UniqueFd copy_mount(const std::string& path, bool recursive = false);

/// Shifts the ids of a detached mount by a user namespace's map. False, with errno, where the file system
/// refuses.
bool try_idmap(const UniqueFd& mount, const UniqueFd& user_namespace);
void idmap(const UniqueFd& mount, const UniqueFd& user_namespace, const std::string& what);
void make_read_only(const UniqueFd& mount, const std::string& what);

/// Puts a detached mount onto a directory or file.
void attach(const UniqueFd& mount, const std::string& path);
/// The same, with links in `path` resolved within `root`; `path` is absolute there and must exist.
void attach_within(const UniqueFd& mount, const std::string& root, const std::string& path);
/// Opens `path` as seen from `root`; an empty UniqueFd where there is nothing.
UniqueFd open_within(const std::string& root, const std::string& path, int flags);

/// Under whose name overlays note on files what they must remember. A user namespace's root may write only the latter.
enum class Marks { trusted, user };

struct OverlayLayers {
  std::vector<std::string>
      lowers;               // topmost first; short relative paths without colons (fsconfig takes 255 bytes)
  std::string upper, work;  // empty: read-only
  bool index = true;        // hard links survive copying up
  Marks marks = Marks::trusted;
};
/// A detached overlay.
UniqueFd make_overlay(const OverlayLayers& layers);

/// A detached tmpfs. Sizes are hard: ENOSPC beyond.
UniqueFd make_tmpfs(std::uint64_t size_bytes, std::uint64_t inodes);

void make_directory(const std::string& path, unsigned mode = 0755);
void make_directories(const std::string& path, unsigned mode = 0755);

}  // namespace sharder::rootfs
