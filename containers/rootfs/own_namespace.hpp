// User namespaces that an ordinary user may make: how a process of his becomes root of one, and whether it is.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "containers/rootfs/id_map.hpp"

namespace sharder::rootfs {

/// What a namespace is for; own_ids.hpp has the maps.
enum class OwnNamespace { base, keepers };

/// Makes this process root of a new user namespace with the caller's ids. It must be single-threaded, and should exec
/// a program next: until then the kernel protects it from itself. Throws UnfitError with the command that adds what
/// is missing.
void enter_own_namespace(OwnNamespace purpose);

/// Does `work` as root of a keepers' namespace, in a child, and gives what it returned. Throws UnfitError.
std::string done_in_own_namespace(const std::function<std::string()>& work);

/// The steps of it, for probes. Each throws UnfitError.
void make_bare_user_namespace();
void check_own_user_ids();
void check_own_group_ids();
/// What lets an ordinary user make a namespace, and be root in it; "" where nothing is known to stand against it.
std::string user_namespace_cure();
std::string own_namespace_cure();

/// The ids of clones where we are root of a keepers' namespace; nothing elsewhere.
std::optional<ClonesIds> clone_ids_of_own_namespace();

}  // namespace sharder::rootfs
