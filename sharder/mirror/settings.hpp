// What sharder tells sharder-mirror at first, on its socket: words of a command line could be read by everybody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sharder::mirror {

struct Settings {
  std::string host, prefix, user, password;
  std::uint16_t port = 1883;
  bool encrypted = false;
  std::string ca, certificate;  // paths; "": the system's authorities, no certificate of ours
};

/// One line of JSON, without its end.
std::string line_of(const Settings& settings);
/// Nothing where it is no such line.
std::optional<Settings> parse_settings(const std::string& line);

}  // namespace sharder::mirror
