#include "sharder/support/places.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace sharder {
namespace {

namespace fs = std::filesystem;

fs::path home_directory() {
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') return home;
  const passwd* account = ::getpwuid(::geteuid());
  return account != nullptr && account->pw_dir != nullptr && *account->pw_dir == '/' ? account->pw_dir : "/";
}

}  // namespace

Places places_of(uid_t user, const fs::path& home, const std::map<std::string, std::string>& environment) {
  if (user == 0) return {"/run/sharder", "/var/lib/sharder/bases", "/var/lib/sharder/layers"};
  const auto directory = [&](const char* variable, const char* usual) {
    const auto found = environment.find(variable);
    const bool given = found != environment.end() && found->second.starts_with('/');
    return (given ? fs::path(found->second) : home / usual) / "sharder";
  };
  const fs::path data = directory("XDG_DATA_HOME", ".local/share");
  return {directory("XDG_STATE_HOME", ".local/state") / "runs", data / "bases", data / "layers"};
}

const Places& own_places() {
  static const Places known = [] {
    std::map<std::string, std::string> environment;
    for (const char* name : {"XDG_STATE_HOME", "XDG_DATA_HOME"})
      if (const char* value = std::getenv(name)) environment[name] = value;
    return places_of(::geteuid(), home_directory(), environment);
  }();
  return known;
}

}  // namespace sharder
