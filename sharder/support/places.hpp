// Where sharder keeps what on a machine. Root's places belong to the machine; an ordinary user has his own, below
// his home, and sees nothing of anybody else's.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>

namespace sharder {

struct Places {
  std::filesystem::path runs;   // what living runs keep, a directory each, and the locks between runs
  std::filesystem::path bases;  // named root file systems
  std::filesystem::path layers;  // kept results of `setup`

  bool operator==(const Places&) const = default;
};

/// Those of a user whose home is `home`; XDG_STATE_HOME and XDG_DATA_HOME of `environment` are respected where
/// they are absolute. XDG_RUNTIME_DIR is not: it goes when its user logs out, whatever still runs.
Places places_of(uid_t user, const std::filesystem::path& home,
                 const std::map<std::string, std::string>& environment);

/// Those of whoever runs this process.
const Places& own_places();

}  // namespace sharder
