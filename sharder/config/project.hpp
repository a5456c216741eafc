// Which project we are in, and what it is called: finds sharder.toml, asks git's own files for a name.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sharder {

/// The sharder.toml of `directory` or of the nearest directory above it.
std::optional<std::filesystem::path> find_upwards(const std::filesystem::path& directory, const char* name);

/// The base name of the git remote (origin, else the first), else of the directory. Starts no process.
std::string default_project_name(const std::filesystem::path& directory);

/// The URL of the remote in a .git/config, "" where there is none.
std::string remote_url(std::string_view git_config);
/// "git@host:team/project.git" -> "project".
std::string base_name_of_url(std::string_view url);

/// `path` as one would name it in `directory`: without common leading directories where that is shorter.
std::string shown_path(const std::filesystem::path& path, const std::filesystem::path& directory);

}  // namespace sharder
