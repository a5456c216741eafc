// What a clone with nesting holds for a sharder that runs inside it, and how that one finds out where it is.
//
// The kernel lets nobody inside a clone make an overlay over its root, because what is mounted in it is locked. So the
// clone offers its overlays once more, each without what is mounted in it. They show nothing that is hidden.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "containers/rootfs/file_systems.hpp"

namespace sharder::rootfs {

inline constexpr const char* nesting_directory = "/.nested";

enum class Surroundings {
  machine,        // or a container that is none of ours
  clone,          // without nesting
  nesting_clone,  // another run may go on in it
  nested_clone,   // a clone in a clone
};

/// One of the clone's overlays, by itself.
struct Part {
  std::string target;  // where the clone has it
  std::string place;   // where it lies alone
};

/// The name in nesting_directory of the overlay at `target`.
std::string part_name(const std::string& target);

Surroundings find_surroundings();

/// Why this user can make no clone there, whatever else there is.
struct Refusal {
  std::string why, cure;
};
std::optional<Refusal> refusal_of(Surroundings surroundings, unsigned user);

/// What the clone offers, "/" first; nothing outside of clones and in those without nesting.
std::vector<Part> offered_parts();

/// Where the file at `path` lies without what is mounted in the clone; `path` itself where no part holds it.
/// `mounts` are those of the clone.
std::string place_of(const std::string& path, const std::vector<Part>& parts, const std::vector<MountPoint>& mounts);

}  // namespace sharder::rootfs
