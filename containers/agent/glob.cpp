#include "containers/agent/glob.hpp"

#include <dirent.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "containers/agent/system.hpp"

namespace sharder::agent {
namespace {

constexpr int max_depth = 64;

std::vector<std::string> components(std::string_view pattern) {
  std::vector<std::string> parts;
  while (!pattern.empty()) {
    const std::size_t slash = std::min(pattern.find('/'), pattern.size());
    if (slash > 0 && pattern.substr(0, slash) != ".") parts.emplace_back(pattern.substr(0, slash));
    pattern.remove_prefix(std::min(slash + 1, pattern.size()));
  }
  return parts;
}

bool is_literal(const std::string& part) {
  return part.find_first_of("*?[") == std::string::npos;
}

std::string below(const std::string& directory, const std::string& name) {
  return directory == "/" ? "/" + name : directory + "/" + name;
}

bool is_directory(const std::string& path, bool follow) {
  struct stat status {};
  const int result = follow ? ::stat(path.c_str(), &status) : ::lstat(path.c_str(), &status);
  return result == 0 && S_ISDIR(status.st_mode);
}

bool is_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  DIR* stream = ::opendir(directory.c_str());
  if (stream == nullptr) return names;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != ".." && name != ".git") names.push_back(name);
  }
  ::closedir(stream);
  return names;
}

void walk(const std::string& directory, const std::vector<std::string>& parts, std::size_t at, int depth,
          std::vector<std::string>& found) {
  if (depth > max_depth) return;
  const bool last = at + 1 == parts.size();
  if (is_literal(parts[at])) {
    const std::string path = below(directory, parts[at]);
    if (last && is_file(path)) found.push_back(path);
    if (!last && is_directory(path, true)) walk(path, parts, at + 1, depth + 1, found);
    return;
  }
  const bool any_depth = parts[at] == "**";
  if (any_depth && !last) walk(directory, parts, at + 1, depth, found);
  for (const std::string& name : names_in(directory)) {
    const std::string path = below(directory, name);
    if (any_depth && is_directory(path, false)) {
      walk(path, parts, at, depth + 1, found);
    } else if (any_depth || ::fnmatch(parts[at].c_str(), name.c_str(), 0) == 0) {
      if (last && is_file(path)) found.push_back(path);
      if (!last && !any_depth && is_directory(path, false)) walk(path, parts, at + 1, depth + 1, found);
    }
  }
}

void sort_once(std::vector<std::string>& paths) {
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
}

}  // namespace

std::vector<std::string> glob(const std::string& root, const std::string& pattern) {
  std::vector<std::string> found;
  const std::vector<std::string> parts = components(pattern);
  const bool absolute = !pattern.empty() && pattern[0] == '/';
  if (!parts.empty()) walk(absolute ? "/" : root, parts, 0, 0, found);
  sort_once(found);
  return found;
}

int glob_main(int count, char** patterns) {
  char directory[4096];
  if (::getcwd(directory, sizeof directory) == nullptr) return 1;
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) {
    const std::vector<std::string> found = glob(directory, patterns[i]);
    all.insert(all.end(), found.begin(), found.end());
  }
  sort_once(all);
  for (const std::string& path : all)
    if (!write_all(1, path.c_str(), path.size() + 1)) return 1;
  return 0;
}

}  // namespace sharder::agent
