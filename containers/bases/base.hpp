// What is known of a base: a root file system that clones are copy-on-write copies of, and how it was made.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sharder {

/// Where a base comes from, complete enough to make it again.
struct BaseSource {
  enum class Kind { debian, directory, tarball, container } kind = Kind::debian;
  std::string location;               // an absolute path, or the name of a container; empty for debian
  std::string release;                // debian: "bookworm"
  std::string mirror;                 // debian: empty means what this machine's apt uses
  std::vector<std::string> packages;  // debian: installed besides the essential ones
};

struct Base {
  std::string name;
  std::filesystem::path root;  // "/" for the host
  BaseSource source;
  std::string system;            // PRETTY_NAME of its os-release, "" if it has none
  std::string created;           // UTC, ISO 8601
  std::uint64_t size_bytes = 0;  // on disk
  int installed_packages = 0;    // dpkg's; 0 where there is no dpkg

  bool is_host() const { return root == "/"; }
};

std::string_view kind_name(BaseSource::Kind kind);

/// "debian bookworm", "directory /srv/root", "container noble".
std::string describe(const BaseSource& source);

/// base.json. Reading throws ConfigError when the file is damaged.
std::string base_to_json(const Base& base);
Base base_from_json(const std::string& name, std::string_view text);

/// Fills in what the root tells of itself: system and packages.
void inspect_system(Base& base);
/// Fills in the size, by a walk over all files.
void measure_root(Base& base);

}  // namespace sharder
