// Decides what `sharder base create NAME --from WHAT` means, before anything is made.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "containers/bases/base.hpp"

namespace sharder {

struct BaseRequest {
  std::string name;
  std::optional<std::string>
      from;  // a directory, a tarball or the name of an LXC container; nothing: a Debian release
  std::optional<std::string> release, mirror;
  std::vector<std::string> packages;
  bool replace = false;  // a base of that name
};

/// The root file system of an existing container and the id map that its owners are shifted by.
struct ContainerRoot {
  std::filesystem::path root;
  std::vector<std::string> id_maps;  // as lxc-usernsexec takes them: "u:0:100000:65536"; empty: not shifted
};

/// Throws ConfigError for what cannot be a source: unknown files, contradicting flags, words that are no
/// names.
BaseSource resolve_source(const BaseRequest& request, const std::filesystem::path& lxc_path);

/// Reads the container's configuration. Throws ConfigError for storage that is not a plain directory.
ContainerRoot read_container(const std::string& name, const std::filesystem::path& lxc_path);

/// Where this machine's LXC keeps containers: lxc.lxcpath of /etc/lxc/lxc.conf, or /var/lib/lxc.
std::filesystem::path default_lxc_path();

/// This machine's apt sources as they are, or with `release` in the place of this machine's own; only those
/// files that name Debian's archive. Empty when there are none, or they do not fit the release.
/// `host_release` is VERSION_CODENAME.
std::string apt_sources_for(const std::string& release, const std::string& host_release,
                            const std::filesystem::path& apt_directory = "/etc/apt");

/// VERSION_CODENAME of this machine, "" if it has none.
std::string host_release();

}  // namespace sharder
