// The ids of the machine that an ordinary user may give away: his own, and a range that /etc/subuid and
// /etc/subgid list for him. From them come the maps of his two kinds of user namespaces:
//
//   base      0..65534 stand for the range and his own id for itself: what owns a base's files
//   keeper    the same shifted to first_range, as clones' ids are on a machine of root's; and 0, who makes the
//             clones, is an id that no clone maps, so that not even a clone's root can touch what is his
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "containers/rootfs/id_map.hpp"

namespace sharder::rootfs {

/// Ids of a clone that an ordinary user's range has room for; one is left for the keepers.
inline constexpr std::uint32_t own_clone_ids = 0xffff;

struct OwnIds {
  std::uint32_t self = 0;   // the user's, or his group's
  std::uint32_t first = 0;  // of own_clone_ids + 1 in a row
};

/// The first range of `file` (/etc/subuid, /etc/subgid) that is the user's and large enough.
std::optional<std::uint32_t> find_own_range(std::string_view file, const std::string& name, std::uint32_t user);

IdMap base_map(const OwnIds& ids);
IdMap keeper_map(const OwnIds& ids);

/// The map of a clone's ids to those of the keepers' namespace, read off that one's own map (/proc/self/uid_map).
/// Nothing where it is no such namespace.
std::optional<IdMap> clone_map_within(std::string_view keepers_map);

}  // namespace sharder::rootfs
