// Where --events mirrors the stream to: a file, or a broker of MQTT. Pure: nothing is opened or asked here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sharder {

/// What `mqtt:` and `mqtts:` URLs name.
struct BrokerAddress {
  bool encrypted = false;
  std::string host;
  std::uint16_t port = 1883;
  std::string user;    // "": none in the URL
  std::string prefix;  // of all topics; levels are parted by /

  /// "mqtts://host:8883/prefix", as people are told of it.
  std::string shown() const;
};

struct EventsTarget {
  bool is_file = true;
  std::filesystem::path file;  // absolute, or "-" for standard output
  BrokerAddress broker;

  /// How people are told of it.
  std::string shown() const;
};

/// A path (relative to `directory`), "-", or a URL: file:, mqtt:, mqtts:. Throws UsageError.
EventsTarget parse_events_target(const std::string& text, const std::filesystem::path& directory);

}  // namespace sharder
