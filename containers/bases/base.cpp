#include "containers/bases/base.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "containers/bases/rooted_file.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr int format_version = 1;

constexpr std::array<std::pair<BaseSource::Kind, std::string_view>, 4> kind_names{{
    {BaseSource::Kind::debian, "debian"},
    {BaseSource::Kind::directory, "directory"},
    {BaseSource::Kind::tarball, "tarball"},
    {BaseSource::Kind::container, "container"},
}};

BaseSource::Kind kind_of(const std::string& word) {
  for (const auto& [kind, name] : kind_names)
    if (name == word) return kind;
  throw ConfigError(fmt::format("unknown kind of base \"{}\"", word));
}

std::string system_of(const fs::path& root) {
  for (const char* path : {"etc/os-release", "usr/lib/os-release"}) {
    for (const std::string& line : split_lines(read_in_root(root, path).value_or(""))) {
      constexpr std::string_view key = "PRETTY_NAME=";
      if (!line.starts_with(key)) continue;
      const auto words = split_command(line.substr(key.size()));
      if (words && words->size() == 1) return printable(words->front());
    }
  }
  return {};
}

int dpkg_packages_of(const fs::path& root) {
  int count = 0;
  for (const std::string& line : split_lines(read_in_root(root, "var/lib/dpkg/status").value_or("")))
    if (line.starts_with("Status: ") && line.ends_with(" ok installed")) ++count;
  return count;
}

/// Blocks in use; a file with several links counts once.
std::uint64_t disk_usage(const fs::path& root) {
  std::uint64_t bytes = 0;
  std::set<std::pair<dev_t, ino_t>> seen;
  std::error_code failure;
  for (auto entry = fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied, failure);
       entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    struct stat status {};
    if (lstat(entry->path().c_str(), &status) != 0) continue;
    if (status.st_nlink > 1 && !S_ISDIR(status.st_mode) && !seen.emplace(status.st_dev, status.st_ino).second)
      continue;
    bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
  }
  return bytes;
}

}  // namespace

std::string_view kind_name(BaseSource::Kind kind) {
  for (const auto& [known, name] : kind_names)
    if (known == kind) return name;
  SHARDER_ASSERT(false, "kind of base without a name");
  return {};
}

std::string describe(const BaseSource& source) {
  const std::string& what = source.kind == BaseSource::Kind::debian ? source.release : source.location;
  return fmt::format("{} {}", kind_name(source.kind), what);
}

std::string base_to_json(const Base& base) {
  const Json source{{"kind", kind_name(base.source.kind)},
                    {"location", base.source.location},
                    {"release", base.source.release},
                    {"mirror", base.source.mirror},
                    {"packages", base.source.packages}};
  const Json json{{"format", format_version},
                  {"name", base.name},
                  {"source", source},
                  {"system", base.system},
                  {"created", base.created},
                  {"size_bytes", base.size_bytes},
                  {"installed_packages", base.installed_packages}};
  return json.dump(2) + "\n";
}

Base base_from_json(const std::string& name, std::string_view text) {
  try {
    const Json json = Json::parse(text);
    Base base;
    base.name = name;
    if (json.at("format").get<int>() > format_version)
      throw ConfigError(fmt::format("base \"{}\" was made by a newer sharder", name));
    const Json& source = json.at("source");
    base.source.kind = kind_of(source.at("kind"));
    base.source.location = source.at("location");
    base.source.release = source.at("release");
    base.source.mirror = source.at("mirror");
    base.source.packages = source.at("packages").get<std::vector<std::string>>();
    base.system = json.at("system");
    base.created = json.at("created");
    base.size_bytes = json.at("size_bytes");
    base.installed_packages = json.at("installed_packages");
    return base;
  } catch (const Json::exception& error) {
    throw ConfigError(fmt::format("the record of base \"{}\" is damaged: {}", name, error.what()),
                      fmt::format("sharder base remove {}", name));
  }
}

void inspect_system(Base& base) {
  base.system = system_of(base.root);
  base.installed_packages = dpkg_packages_of(base.root);
}

void measure_root(Base& base) {
  base.size_bytes = disk_usage(base.root);
}

}  // namespace sharder
