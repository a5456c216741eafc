#include "sharder/cli/ordinary_user.hpp"

#include <string>

#include "containers/bases/base_store.hpp"
#include "containers/cgroups/hierarchies.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& instead) {
  throw UnfitError(what + " takes root, and this is an ordinary user", instead);
}

rootfs::Probe probe_limits() {
  const std::vector<std::string> missing = cgroups::missing_limits(cgroups::Hierarchies::detect());
  const bool ok = missing.empty();
  return {"control groups for limits", ok, false,
          ok ? "delegated" : "clones run without limits for " + join(missing, " and "),
          ok ? "" : "systemd-run --user --scope -p Delegate=yes sharder ..."};
}

rootfs::Probe probe_bases() {
  const std::vector<std::string> names = BaseStore().names();
  return {"bases of your own", !names.empty(), false, names.empty() ? "none yet" : join(names, ", "),
          names.empty() ? "sharder base create NAME --release bookworm, or --from a directory or tarball" : ""};
}

}  // namespace

void refuse_what_takes_root(const ClonesConfig& clones) {
  if (clones.base == "host")
    refuse("a clone of this machine",
           "sudo sharder ... (tests then run as you, not as root); or make a base of your own with sharder base create "
           "NAME, and name it: --base NAME, or base = \"NAME\" in [clones]");
  if (clones.privileged)
    refuse("privileged = true", "leave it out: user = \"root\" lets tests be root of their own clones all the same");
  if (clones.network == "bridge")
    refuse("network = \"bridge\"", "network = \"none\": every clone has a loopback of its own");
  if (clones.storage == "disk") refuse("storage = \"disk\"", "storage = \"tmpfs\"");
}

std::vector<rootfs::Probe> probe_limits_and_bases() {
  return {probe_limits(), probe_bases()};
}

}  // namespace sharder
