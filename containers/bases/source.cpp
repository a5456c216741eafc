#include "containers/bases/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>

#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

// What is made where nothing is said and this machine does not tell its own release.
constexpr const char* usual_release = "bookworm";
// Releases without suites for updates and security: a stable machine's sources cannot be rewritten for them.
constexpr std::array<std::string_view, 4> rolling_releases{"sid", "unstable", "testing", "experimental"};

void check_word(const std::string& word, const std::regex& form, const std::string& what) {
  if (!std::regex_match(word, form))
    throw ConfigError(fmt::format("\"{}\" is not {}", printable(word), what));
}

BaseSource debian_source(const BaseRequest& request) {
  BaseSource source;
  source.kind = BaseSource::Kind::debian;
  source.release = request.release.value_or("");
  if (source.release.empty()) source.release = host_release();
  if (source.release.empty()) source.release = usual_release;
  check_word(source.release, std::regex("[a-z][a-z0-9-]*"), "the name of a Debian release");
  source.mirror = request.mirror.value_or("");
  if (!source.mirror.empty())
    check_word(source.mirror, std::regex("[a-z][a-z0-9+]*:/\\S+"), "the URL of a mirror");
  source.packages = request.packages;
  for (const std::string& package : source.packages)
    check_word(package, std::regex("[a-z0-9][a-zA-Z0-9.+:=~/-]*"), "the name of a package");
  return source;
}

BaseSource::Kind kind_of_path(const fs::path& path) {
  if (fs::is_directory(path)) return BaseSource::Kind::directory;
  if (fs::is_regular_file(path)) return BaseSource::Kind::tarball;
  throw ConfigError(fmt::format("{} is neither a directory nor a tarball", path.string()));
}

/// The value of a key that stands once in an LXC configuration, or "".
std::string last_value(const std::vector<std::string>& lines, std::string_view key) {
  std::string value;
  for (const std::string& line : lines) {
    const auto equals = line.find('=');
    if (equals == std::string::npos || trim(line.substr(0, equals)) != key) continue;
    value = trim(std::string_view(line).substr(equals + 1));
  }
  return value;
}

std::vector<std::string> id_maps_of(const std::vector<std::string>& lines) {
  std::vector<std::string> maps;
  const std::regex form(R"(\s*lxc\.idmap\s*=\s*([ug])\s+(\d+)\s+(\d+)\s+(\d+)\s*)");
  std::smatch match;
  for (const std::string& line : lines)
    if (std::regex_match(line, match, form))
      maps.push_back(
          fmt::format("{}:{}:{}:{}", match[1].str(), match[2].str(), match[3].str(), match[4].str()));
  return maps;
}

std::vector<fs::path> source_files(const fs::path& apt_directory) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(apt_directory / "sources.list.d", failure))
    if (const auto extension = entry.path().extension(); extension == ".list" || extension == ".sources")
      files.push_back(entry.path());
  std::ranges::sort(files);
  files.insert(files.begin(), apt_directory / "sources.list");
  return files;
}

/// The archive and its suites without comments. One-line entries become stanzas, so that all files go into
/// one.
std::string as_stanzas(const std::string& text) {
  std::string stanzas;
  const std::regex entry(R"(deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*))");
  std::smatch match;
  for (const std::string& line : split_lines(text)) {
    if (line.starts_with('#') || line.starts_with("deb-src")) continue;
    if (std::regex_match(line, match, entry))
      stanzas += fmt::format("\nTypes: deb\nURIs: {}\nSuites: {}\nComponents: {}\n\n", match[1].str(),
                             match[2].str(), match[3].str());
    else
      stanzas += line + "\n";
  }
  return stanzas + "\n";
}

}  // namespace

BaseSource resolve_source(const BaseRequest& request, const fs::path& lxc_path) {
  if (!request.from) return debian_source(request);
  if (request.release || request.mirror || !request.packages.empty())
    throw ConfigError(
        "--from takes a root file system as it is: --release, --mirror and --packages do not go with it");
  BaseSource source;
  const std::string& from = *request.from;
  if (fs::exists(from)) {
    source.location = fs::canonical(from);
    source.kind = kind_of_path(source.location);
    if (source.location == "/")
      throw ConfigError("a copy of / would hold this machine's secrets",
                        "base = \"host\" clones this machine as it is");
    return source;
  }
  if (from.find('/') != std::string::npos || from.empty() || !fs::exists(lxc_path / from / "config"))
    throw ConfigError(fmt::format("there is no directory, tarball or LXC container \"{}\"", printable(from)),
                      fmt::format("containers are looked for in {}", lxc_path.string()));
  read_container(from, lxc_path);
  source.kind = BaseSource::Kind::container;
  source.location = from;
  return source;
}

ContainerRoot read_container(const std::string& name, const fs::path& lxc_path) {
  const std::vector<std::string> lines = split_lines(read_file(lxc_path / name / "config"));
  std::string root = last_value(lines, "lxc.rootfs.path");
  if (root.empty()) root = (lxc_path / name / "rootfs").string();
  if (root.starts_with("dir:")) root.erase(0, 4);
  if (!root.starts_with('/') || !fs::is_directory(root))
    throw ConfigError(
        fmt::format("container \"{}\" keeps its files in {}, which is no directory", name, printable(root)),
        "lxc-copy it with -B dir, or give a tarball of its root with --from");
  return {.root = root, .id_maps = id_maps_of(lines)};
}

fs::path default_lxc_path() {
  const auto text = read_file_if_any("/etc/lxc/lxc.conf");
  const std::string path = text ? last_value(split_lines(*text), "lxc.lxcpath") : "";
  return path.empty() ? "/var/lib/lxc" : path;
}

std::string apt_sources_for(const std::string& release, const std::string& host_release,
                            const fs::path& apt_directory) {
  std::string sources;
  for (const fs::path& file : source_files(apt_directory)) {
    const std::string text = read_file_if_any(file).value_or("");
    const std::string stanzas = as_stanzas(text);
    if (stanzas.find("/debian") == std::string::npos) continue;
    sources += stanzas;
  }
  if (release == host_release) return sources;
  if (host_release.empty() || std::ranges::find(rolling_releases, release) != rolling_releases.end())
    return {};
  return replace_all(sources, host_release, release);
}

std::string host_release() {
  for (const std::string& line : split_lines(read_file_if_any("/etc/os-release").value_or("")))
    if (line.starts_with("VERSION_CODENAME=")) return line.substr(line.find('=') + 1);
  return {};
}

}  // namespace sharder
