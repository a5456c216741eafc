#include "sharder/cli/event_mirror.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "containers/programs.hpp"
#include "sharder/mirror/settings.hpp"
#include "sharder/report/mirror/broker_destination.hpp"
#include "sharder/report/mirror/file_destination.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr const char* two_lines = "user and password, a line each";

/// A file that sharder-mirror is to read. Throws UsageError.
std::string readable(const char* flag, const std::filesystem::path& path) {
  const std::optional<std::string> content = read_file_if_any(path);
  if (!content) throw UsageError(fmt::format("{}: cannot read {}: {}", flag, path.string(), error_text(errno)));
  return *content;
}

std::string readable_by_owner_alone(const char* flag, const std::filesystem::path& path) {
  const std::string content = readable(flag, path);
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || (found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw UsageError(fmt::format("{}: {} is open to others (mode {:04o})", flag, path.string(), found.st_mode & 07777),
                     "chmod 600 " + quote_for_shell(path.string()));
  return content;
}

void read_credentials(const std::filesystem::path& path, mirror::Settings& settings) {
  constexpr const char* flag = "--events-credentials";
  const std::vector<std::string> lines = split_lines(readable_by_owner_alone(flag, path));
  if (lines.size() != 2 || lines[0].empty())
    throw UsageError(fmt::format("{}: {} has {} lines", flag, path.string(), lines.size()), two_lines);
  if (!settings.user.empty() && settings.user != lines[0])
    throw UsageError(fmt::format("{}: {} is for {}, and the URL for {}", flag, path.string(), printable(lines[0]),
                                 printable(settings.user)),
                     "name the user in one place");
  settings.user = lines[0];
  settings.password = lines[1];
}

mirror::Settings settings_for(const EventsConfig& events) {
  const BrokerAddress& broker = events.target.broker;
  mirror::Settings settings{.host = broker.host, .prefix = broker.prefix, .user = broker.user, .port = broker.port,
                            .encrypted = broker.encrypted};
  if (events.credentials) read_credentials(*events.credentials, settings);
  if (!broker.encrypted) return settings;
  if (events.ca) {
    readable("--events-ca", *events.ca);
    settings.ca = events.ca->string();
  }
  if (events.certificate) {
    readable_by_owner_alone("--events-certificate", *events.certificate);
    settings.certificate = events.certificate->string();
  }
  return settings;
}

}  // namespace

std::unique_ptr<MirrorDestination> open_destination(const std::optional<EventsConfig>& events) {
  if (!events) return nullptr;
  if (events->target.is_file) return std::make_unique<FileDestination>(events->target.file);
  const mirror::Settings settings = settings_for(*events);
  const std::optional<std::filesystem::path> program = find_mirror_program();
  if (!program)
    throw UsageError("--events: this build of sharder has no MQTT: there is no sharder-mirror",
                     "build it with libmosquitto-dev, or --events FILE");
  return std::make_unique<BrokerDestination>(events->target.shown(), *program, mirror::line_of(settings));
}

std::unique_ptr<Mirror> make_mirror(std::unique_ptr<MirrorDestination> destination, RunContext& context) {
  if (!destination) return nullptr;
  return std::make_unique<Mirror>(std::move(destination), context.time,
                                  [&events = context.events](Notice notice) { events.publish(std::move(notice)); });
}

}  // namespace sharder
