#include "containers/bases/identity.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "containers/bases/rooted_file.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

std::optional<unsigned> parse_id(const std::string& text) {
  unsigned id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return id;
}

Identity from_account(const passwd& account) {
  Identity identity;
  identity.name = account.pw_name;
  identity.uid = account.pw_uid;
  identity.gid = account.pw_gid;
  identity.home = account.pw_dir;
  if (account.pw_shell && *account.pw_shell) identity.shell = account.pw_shell;
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  while (getgrouplist(account.pw_name, account.pw_gid, groups.data(), &count) < 0)
    groups.resize(static_cast<std::size_t>(count));
  groups.resize(static_cast<std::size_t>(count));
  std::erase(groups, account.pw_gid);
  identity.groups.assign(groups.begin(), groups.end());
  return identity;
}

/// Rows of a file like /etc/passwd, cut at the colons; those with fewer fields are passed over.
std::vector<std::vector<std::string>> rows(const fs::path& root, const std::string& path,
                                           std::size_t fields) {
  std::vector<std::vector<std::string>> result;
  for (const std::string& line : split_lines(read_in_root(root, path).value_or(""))) {
    std::vector<std::string> row = split(line, ':');
    if (row.size() >= fields) result.push_back(std::move(row));
  }
  return result;
}

std::vector<unsigned> groups_in(const fs::path& root, const std::string& name, unsigned primary) {
  std::vector<unsigned> groups;
  for (const auto& row : rows(root, "etc/group", 4)) {
    const auto members = split(row[3], ',');
    const auto id = parse_id(row[2]);
    if (id && *id != primary && std::ranges::find(members, name) != members.end()) groups.push_back(*id);
  }
  return groups;
}

std::optional<Identity> find_in_root(const std::string& name, const fs::path& root) {
  for (const auto& row : rows(root, "etc/passwd", 7)) {
    const auto uid = parse_id(row[2]), gid = parse_id(row[3]);
    if (row[0] != name || !uid || !gid) continue;
    Identity identity;
    identity.name = name;
    identity.uid = *uid;
    identity.gid = *gid;
    identity.groups = groups_in(root, name, *gid);
    if (row[5].starts_with('/')) identity.home = row[5];
    if (row[6].starts_with('/')) identity.shell = row[6];
    return identity;
  }
  return std::nullopt;
}

std::optional<Identity> find_on_host(const std::string& name) {
  const passwd* account = getpwnam(name.c_str());
  if (!account) return std::nullopt;
  return from_account(*account);
}

Identity invoker_in_root(const fs::path& root) {
  Identity invoker = invoker_identity();
  // An ordinary user's files keep his own id in his clones: whoever has another there is somebody else.
  const auto known = find_in_root(invoker.name, root);
  if (known && (::geteuid() == 0 || known->uid == invoker.uid)) return *known;
  invoker.groups.clear();
  invoker.home = "/tmp";
  invoker.shell = "/bin/sh";
  return invoker;
}

std::string with_line(std::string text, const std::string& line) {
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return text + line + '\n';
}

}  // namespace

Identity invoker_identity() {
  uid_t uid = getuid();
  const char* through_sudo = std::getenv("SUDO_UID");
  // Only root may name somebody else: for others the variable is just a variable.
  if (uid == 0 && through_sudo) uid = parse_id(through_sudo).value_or(0);
  if (const passwd* account = getpwuid(uid)) return from_account(*account);
  Identity identity;
  identity.name = fmt::format("uid{}", uid);
  identity.uid = uid;
  identity.gid = uid == getuid() ? getgid() : uid;
  identity.home = "/tmp";
  return identity;
}

Identity identity_in_base(const std::string& user, const fs::path& root) {
  const bool host = root == "/";
  if (user == "invoker") return host ? invoker_identity() : invoker_in_root(root);
  const auto known = host ? find_on_host(user) : find_in_root(user, root);
  if (known) return *known;
  if (user == "root") return Identity{};
  throw ConfigError(fmt::format("the base has no user \"{}\"", user),
                    "clones.user takes invoker, root, or a name of the base's /etc/passwd");
}

std::vector<ExtraFile> account_files(const Identity& identity, const fs::path& root) {
  std::vector<ExtraFile> files;
  const auto has = [&](const std::string& path, unsigned id) {
    return std::ranges::any_of(rows(root, path, 3), [&](const auto& row) { return parse_id(row[2]) == id; });
  };
  const auto add = [&](const std::string& path, const std::string& line) {
    files.push_back({.path = "/" + path, .content = with_line(read_in_root(root, path).value_or(""), line)});
  };
  if (!has("etc/passwd", identity.uid))
    add("etc/passwd", fmt::format("{}:x:{}:{}::{}:{}", identity.name, identity.uid, identity.gid,
                                  identity.home, identity.shell));
  if (!has("etc/group", identity.gid)) add("etc/group", fmt::format("{}:x:{}:", identity.name, identity.gid));
  return files;
}

}  // namespace sharder
