#include "sharder/cli/history_location.hpp"

#include <unistd.h>

#include "containers/bases/identity.hpp"

namespace sharder {

std::filesystem::path history_file(const Config& config, const Environment& environment) {
  if (config.history.file) return *config.history.file;
  const Identity invoker = invoker_identity();
  const auto home = environment.find("HOME");
  const bool through_sudo = invoker.uid != ::getuid();
  const bool own_home =
      !through_sudo && home != environment.end() && std::filesystem::path(home->second).is_absolute();
  return default_history_file(environment, own_home ? home->second : invoker.home);
}

HistorySettings history_settings() {
  HistorySettings settings;
  const Identity invoker = invoker_identity();
  if (::geteuid() == 0 && invoker.uid != 0) settings.owner = FileOwner{invoker.uid, invoker.gid};
  return settings;
}

}  // namespace sharder
