#include "containers/agent/glob.hpp"

#include <dirent.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

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

bool is_of_kind(const std::string& path, mode_t kind, Links links) {
  struct stat status {};
  const int result = links == Links::followed ? ::stat(path.c_str(), &status) : ::lstat(path.c_str(), &status);
  return result == 0 && (status.st_mode & S_IFMT) == kind;
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

class Walk {
 public:
  Walk(const std::string& pattern, Links links) : parts_(components(pattern)), links_(links) {}

  std::vector<std::string> from(const std::string& directory) {
    if (!parts_.empty()) enter(directory, 0, 0);
    return std::move(found_);
  }

 private:
  void enter(const std::string& directory, std::size_t at, int depth) {
    if (depth > max_depth) return;
    const bool last = at + 1 == parts_.size();
    if (is_literal(parts_[at])) {
      const std::string path = below(directory, parts_[at]);
      if (last) take_file(path);
      else if (is_of_kind(path, S_IFDIR, links_)) enter(path, at + 1, depth + 1);
      return;
    }
    const bool any_depth = parts_[at] == "**";
    if (any_depth && !last) enter(directory, at + 1, depth);
    for (const std::string& name : names_in(directory)) {
      const std::string path = below(directory, name);
      const bool is_directory = is_of_kind(path, S_IFDIR, Links::passed_over);
      if (any_depth && is_directory) {
        enter(path, at, depth + 1);
      } else if (any_depth || ::fnmatch(parts_[at].c_str(), name.c_str(), 0) == 0) {
        if (last) take_file(path);
        else if (!any_depth && is_directory) enter(path, at + 1, depth + 1);
      }
    }
  }

  void take_file(const std::string& path) {
    if (is_of_kind(path, S_IFREG, links_)) found_.push_back(path);
  }

  const std::vector<std::string> parts_;
  const Links links_;
  std::vector<std::string> found_;
};

void sort_once(std::vector<std::string>& paths) {
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
}

}  // namespace

std::vector<std::string> glob(const std::string& root, const std::string& pattern, Links links) {
  const bool absolute = !pattern.empty() && pattern[0] == '/';
  std::vector<std::string> found = Walk(pattern, links).from(absolute ? "/" : root);
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
