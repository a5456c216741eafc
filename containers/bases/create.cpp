#include "containers/bases/create.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "containers/bases/as_base_root.hpp"
#include "containers/bases/tool.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

void install_debian(const BaseSource& source, BaseWorkshop& workshop, InterruptionGuard& interruption) {
  std::vector<std::string> command{"unshare",    "--mount",     "--propagation",      "private",
                                   "mmdebstrap", "--mode=root", "--format=directory", "--variant=minbase"};
  if (!source.packages.empty()) command.push_back("--include=" + join(source.packages, ","));
  command.insert(command.end(), {source.release, workshop.root().string()});
  const fs::path sources = workshop.directory() / "debian.sources";
  if (!source.mirror.empty()) {
    command.push_back(source.mirror);
  } else if (const std::string ours = apt_sources_for(source.release, host_release()); !ours.empty()) {
    write_file(sources, ours);
    command.push_back(sources.string());
  }
  run_tool(as_base_root(std::move(command)), &interruption, "mmdebstrap");
  fs::remove(sources);
}

/// The tree as an archive on standard output.
std::vector<std::string> pack(const fs::path& from) {
  return {"tar",      "--create",          "--file", "-", "--directory", from.string(), "--numeric-owner",
          "--xattrs", "--xattrs-include=*", "--acls", "--one-file-system", "."};
}

std::vector<std::string> tar_into(const fs::path& root) {
  std::vector<std::string> command{
      "tar",          "--extract", "--directory",        root.string(), "--numeric-owner",
      "--same-owner", "--xattrs",  "--xattrs-include=*", "--acls",      "--preserve-permissions"};
  // Only the machine's root may make devices, and clones get a /dev of their own.
  if (bases_are_own()) command.insert(command.end(), {"--anchored", "--exclude=dev/*", "--exclude=./dev/*"});
  return as_base_root(std::move(command));
}

void unpack_from(const std::vector<std::string>& pack, const fs::path& root, InterruptionGuard& interruption) {
  std::vector<std::string> unpack = tar_into(root);
  unpack.insert(unpack.end(), {"--file", "-"});
  run_tool({"bash", "-c", "set -o pipefail; " + quote_command(pack) + " | " + quote_command(unpack)},
           &interruption, "tar");
}

/// An ordinary user's: outside his namespace the files' owners are what they are, inside he may set them.
void copy_as_user(const fs::path& from, const fs::path& to, InterruptionGuard& interruption) {
  struct stat status {};
  if (::stat(from.c_str(), &status) != 0) throw SystemError("look at " + from.string(), errno);
  std::vector<std::string> command = pack(from);
  if (status.st_uid == ::geteuid()) {
    // He unpacked it himself, and could give it to nobody else: what he has there is meant to be root's.
    command.insert(command.end() - 1, {"--owner=root:0", "--group=root:0"});
  } else if (status.st_uid != 0) {
    command = as_base_root(std::move(command));  // made in a namespace of his
  }
  unpack_from(command, to, interruption);
}

void copy_directory(const fs::path& from, const fs::path& to, InterruptionGuard& interruption) {
  if (bases_are_own()) return copy_as_user(from, to, interruption);
  run_tool({"cp", "--archive", "--reflink=auto", "--sparse=auto", "--one-file-system",
            "--no-target-directory", from.string(), to.string()},
           &interruption);
}

void unpack_tarball(const fs::path& from, const fs::path& root, InterruptionGuard& interruption) {
  std::vector<std::string> command = tar_into(root);
  command.insert(command.end(), {"--file", from.string()});
  run_tool(command, &interruption, "tar");
  // Images for LXC and some others hold the root one directory down.
  const fs::path inner = root / "rootfs";
  if (!fs::is_directory(fs::symlink_status(inner)) || fs::exists(root / "usr")) return;
  const fs::path outer = root.parent_path() / "outer";
  fs::rename(root, outer);
  run_tool(as_base_root({"mv", (outer / "rootfs").string(), root.string()}), &interruption, "mv");
  run_tool(as_base_root({"rm", "-rf", "--one-file-system", outer.string()}), &interruption, "rm");
}

/// Owners of an unprivileged container's files are shifted. Read inside a user namespace with the container's
/// own map, owners, ACLs and file capabilities are as the container sees them.
void copy_shifted(const ContainerRoot& container, const fs::path& root, InterruptionGuard& interruption) {
  std::vector<std::string> command{"lxc-usernsexec"};
  for (const std::string& map : container.id_maps) command.insert(command.end(), {"-m", map});
  const std::vector<std::string> packing = pack(container.root);
  command.push_back("--");
  command.insert(command.end(), packing.begin(), packing.end());
  unpack_from(command, root, interruption);
}

void fill(const BaseSource& source, BaseWorkshop& workshop, InterruptionGuard& interruption) {
  switch (source.kind) {
    case BaseSource::Kind::debian:
      return install_debian(source, workshop, interruption);
    case BaseSource::Kind::directory:
      return copy_directory(source.location, workshop.root(), interruption);
    case BaseSource::Kind::tarball:
      return unpack_tarball(source.location, workshop.root(), interruption);
    case BaseSource::Kind::container: {
      const ContainerRoot container = read_container(source.location, default_lxc_path());
      if (container.id_maps.empty()) return copy_directory(container.root, workshop.root(), interruption);
      return copy_shifted(container, workshop.root(), interruption);
    }
  }
}

void check_root(const fs::path& root, const BaseSource& source) {
  const auto there = [&](const char* name) { return fs::exists(fs::symlink_status(root / name)); };
  if (!there("usr") && !there("bin"))
    throw ConfigError(
        fmt::format("{} holds no root file system: it has neither usr nor bin", describe(source)));
}

std::string progress_text(const BaseSource& source) {
  if (source.kind != BaseSource::Kind::debian) return "copying " + describe(source);
  const std::string packages = source.packages.empty() ? "" : " with " + join(source.packages, " ");
  return fmt::format("installing {}{}: this takes a minute", describe(source), packages);
}

Base make(BaseStore& store, const std::string& name, const BaseSource& source, const BaseProgress& progress) {
  InterruptionGuard interruption;
  BaseWorkshop workshop(store.directory(), name, interruption);
  progress(progress_text(source));
  if (bases_are_own()) run_tool(as_base_root({"chown", "0:0", workshop.root().string()}), &interruption, "chown");
  fill(source, workshop, interruption);
  check_root(workshop.root(), source);
  Base base;
  base.name = name;
  base.root = workshop.root();
  base.source = source;
  base.created =
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                  fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
  inspect_system(base);
  measure_root(base);
  interruption.check();
  workshop.publish(base);
  return store.find(name);
}

}  // namespace

Base create_base(BaseStore& store, const BaseRequest& request, const BaseProgress& progress) {
  check_base_name(request.name);
  if (store.contains(request.name) && !request.replace)
    throw ConfigError(
        fmt::format("there is a base \"{}\" already", request.name),
        fmt::format("--replace makes it anew, sharder base refresh {} from its own source", request.name));
  return make(store, request.name, resolve_source(request, default_lxc_path()), progress);
}

Base refresh_base(BaseStore& store, const std::string& name, const BaseProgress& progress) {
  const Base old = store.find(name);
  check_base_name(name);
  const bool copied =
      old.source.kind == BaseSource::Kind::directory || old.source.kind == BaseSource::Kind::tarball;
  if (copied && !fs::exists(old.source.location))
    throw ConfigError(fmt::format("cannot refresh base \"{}\": {} is gone", name, old.source.location));
  return make(store, name, old.source, progress);
}

}  // namespace sharder
