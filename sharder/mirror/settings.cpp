#include "sharder/mirror/settings.hpp"

#include <nlohmann/json.hpp>

namespace sharder::mirror {

std::string line_of(const Settings& settings) {
  const nlohmann::json line{{"host", settings.host},         {"port", settings.port},
                            {"prefix", settings.prefix},     {"encrypted", settings.encrypted},
                            {"user", settings.user},         {"password", settings.password},
                            {"ca", settings.ca},             {"certificate", settings.certificate}};
  return line.dump();
}

std::optional<Settings> parse_settings(const std::string& line) {
  const nlohmann::json read = nlohmann::json::parse(line, nullptr, false);
  if (!read.is_object()) return std::nullopt;
  try {
    Settings settings;
    read.at("host").get_to(settings.host);
    read.at("port").get_to(settings.port);
    read.at("prefix").get_to(settings.prefix);
    read.at("encrypted").get_to(settings.encrypted);
    read.at("user").get_to(settings.user);
    read.at("password").get_to(settings.password);
    read.at("ca").get_to(settings.ca);
    read.at("certificate").get_to(settings.certificate);
    return settings;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace sharder::mirror
