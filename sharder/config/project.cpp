#include "sharder/config/project.hpp"

#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// The directory with git's `config`, from a .git that is a directory or (in a work tree) a file that points
/// there.
std::filesystem::path git_directory(const std::filesystem::path& dot_git) {
  std::error_code ignored;
  if (std::filesystem::is_directory(dot_git, ignored)) return dot_git;
  constexpr std::string_view prefix = "gitdir:";
  const std::string pointer = read_file_if_any(dot_git).value_or("");
  if (!pointer.starts_with(prefix)) return {};
  const std::filesystem::path target =
      dot_git.parent_path() / std::filesystem::path(trim(std::string_view(pointer).substr(prefix.size())));
  const auto common = read_file_if_any(target / "commondir");
  return common ? target / std::filesystem::path(trim(*common)) : target;
}

}  // namespace

std::optional<std::filesystem::path> find_upwards(const std::filesystem::path& directory, const char* name) {
  for (std::filesystem::path at = directory.lexically_normal();; at = at.parent_path()) {
    std::error_code ignored;
    if (std::filesystem::exists(at / name, ignored)) return at / name;
    if (at == at.parent_path()) return std::nullopt;
  }
}

std::string remote_url(std::string_view git_config) {
  std::string section, first, origin;
  for (const std::string& line : split_lines(git_config)) {
    const std::string_view content = trim(line);
    if (content.starts_with('[')) section = content;
    const std::size_t equals = content.find('=');
    if (equals == std::string_view::npos || !section.starts_with("[remote ")) continue;
    if (trim(content.substr(0, equals)) != "url") continue;
    const std::string url(trim(content.substr(equals + 1)));
    if (first.empty()) first = url;
    if (section == "[remote \"origin\"]") origin = url;
  }
  return origin.empty() ? first : origin;
}

std::string base_name_of_url(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.ends_with(".git")) url.remove_suffix(4);
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string(url.substr(url.find_last_of("/:") + 1));
}

std::string default_project_name(const std::filesystem::path& directory) {
  if (const auto dot_git = find_upwards(directory, ".git")) {
    const auto git_config = read_file_if_any(git_directory(*dot_git) / "config");
    const std::string name = base_name_of_url(remote_url(git_config.value_or("")));
    if (!name.empty()) return name;
  }
  const std::string name = directory.lexically_normal().filename().string();
  return name.empty() ? "root" : name;
}

std::string shown_path(const std::filesystem::path& path, const std::filesystem::path& directory) {
  const std::string whole = path.lexically_normal().string();
  const std::string relative = path.lexically_relative(directory.lexically_normal()).string();
  return relative.empty() || relative.size() > whole.size() ? whole : relative;
}

}  // namespace sharder
