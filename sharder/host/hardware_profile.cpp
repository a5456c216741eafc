#include "sharder/host/hardware_profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <system_error>

#include "sharder/config/diagnostic.hpp"
#include "sharder/host/profile_reader.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {

// Generated from the files (cmake/EmbedText.cmake).
std::string_view profile_file(std::string_view name);
std::vector<std::string_view> profile_file_names();

namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".toml";

bool is_path(const std::string& name) {
  return name.ends_with(suffix) || name.find('/') != std::string::npos;
}

/// What `file` in `directory` says, or what was compiled in, where there is no directory.
std::optional<std::string> read_beside(const std::optional<fs::path>& directory, const std::string& file) {
  if (directory) return read_file_if_any(*directory / file);
  const std::string_view text = profile_file(file);
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

ProfileFile file_at(const fs::path& path) {
  const fs::path directory = path.parent_path();
  return {path.string(), path.stem().string(), read_file(path),
          [directory](const std::string& file) { return read_beside(directory, file); }};
}

ProfileFile find_profile(const std::string& name, const fs::path& project_directory) {
  if (is_path(name)) {
    std::error_code ignored;
    if (fs::is_regular_file(name, ignored)) return file_at(name);
    throw ConfigError(fmt::format("there is no hardware profile {}", name), "sharder profile list");
  }
  const std::string file = name + std::string(suffix);
  std::error_code ignored;
  const fs::path own = project_directory / "hardware-profiles" / file;
  if (fs::is_regular_file(own, ignored)) return file_at(own);
  if (const std::string_view text = profile_file(file); !text.empty())
    return {"hardware-profiles/" + file, name, std::string(text),
            [](const std::string& beside) { return read_beside(std::nullopt, beside); }};
  std::vector<std::string> known = profile_names();
  const std::vector<std::string> project = project_profile_names(project_directory);
  known.insert(known.end(), project.begin(), project.end());
  throw ConfigError(fmt::format("there is no hardware profile \"{}\"", name), suggestion(name, known));
}

}  // namespace

HardwareProfile load_profile(const std::string& name_or_path, const fs::path& project_directory) {
  const ProfileFile file = find_profile(name_or_path, project_directory);
  Diagnostics diagnostics;
  HardwareProfile profile = read_profile(file, diagnostics);
  if (!has_errors(diagnostics)) return profile;
  std::string message = fmt::format("the hardware profile {} is refused", file.path);
  for (const Diagnostic& diagnostic : diagnostics) message += "\n  " + to_string(diagnostic);
  throw ConfigError(message);
}

std::string profile_text(const std::string& name_or_path, const fs::path& project_directory) {
  return find_profile(name_or_path, project_directory).text;
}

std::vector<std::string> profile_names() {
  std::vector<std::string> names;
  for (const std::string_view file : profile_file_names())
    if (file.ends_with(suffix)) names.emplace_back(file.substr(0, file.size() - suffix.size()));
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> project_profile_names(const fs::path& project_directory) {
  std::vector<std::string> names;
  std::error_code none;  // a project without the directory has no profiles
  for (fs::directory_iterator entry(project_directory / "hardware-profiles", none), end; entry != end;
       entry.increment(none))
    if (entry->path().extension() == suffix) names.push_back(entry->path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> profiles_named(const std::vector<std::string>& asked, const fs::path& project_directory) {
  if (std::find(asked.begin(), asked.end(), "all") == asked.end()) return asked;
  std::vector<std::string> names = profile_names();
  const std::vector<std::string> own = project_profile_names(project_directory);
  names.insert(names.end(), own.begin(), own.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Machine machine_of(const HardwareProfile& profile) {
  Machine machine;
  machine.cores = profile.topology.cores;
  machine.cpu_model = profile.cpu_model;
  machine.architecture = profile.topology.architecture;
  machine.cpu_quota = profile.cpu_quota;
  machine.memory_total_bytes = profile.memory_limit_bytes.value_or(profile.memory_bytes);
  machine.memory_available_bytes = machine.memory_total_bytes;
  return machine;
}

}  // namespace sharder
