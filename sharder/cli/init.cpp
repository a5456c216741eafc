#include "sharder/cli/init.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>

#include "sharder/cli/init_text.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

// Deep enough for build/src/sub/tests, and an end for a directory that turns out to be a home.
constexpr int deepest = 5;
constexpr std::size_t most_files = 50'000;
constexpr std::size_t beginning_bytes = 64 * 1024;
constexpr std::uintmax_t largest_program = 512u << 20;

/// Directories in which nobody's own tests lie.
bool is_passed_over(const std::string& name) {
  constexpr std::array names{".git",        ".hg",         ".svn",   ".sharder",      "node_modules", ".tox",
                             ".nox",        "__pycache__", ".eggs",  "site-packages", "CMakeFiles",   "_deps",
                             "third_party", "vendor",      ".cache", ".mypy_cache",   ".pytest_cache"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Virtual environments are noted by their interpreter alone.
bool is_virtual_environment(const fs::path& directory) {
  std::error_code ignored;
  return fs::exists(directory / "pyvenv.cfg", ignored);
}

class RealDirectory : public DirectoryListing {
 public:
  explicit RealDirectory(fs::path root) : root_(std::move(root)) {
    walk(root_, 1);
    std::sort(files_.begin(), files_.end(),
              [](const Entry& left, const Entry& right) { return left.path < right.path; });
  }

  const std::vector<Entry>& files() const override { return files_; }

  std::string beginning(const std::string& path) const override {
    std::ifstream file(root_ / path, std::ios::binary);
    std::string bytes(beginning_bytes, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
  }

  bool contains(const std::string& path, std::string_view bytes) const override {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(root_ / path, error);
    if (error || size > largest_program) return false;
    const auto content = read_file_if_any(root_ / path);
    return content && content->find(bytes) != std::string::npos;
  }

 private:
  void walk(const fs::path& directory, int depth) {
    std::error_code error;
    for (fs::directory_iterator each(directory, fs::directory_options::skip_permission_denied, error), end;
         !error && each != end && files_.size() < most_files; each.increment(error)) {
      std::error_code ignored;
      if (each->is_directory(ignored) && !each->is_symlink(ignored)) {
        enter(each->path(), depth);
      } else if (each->is_regular_file(ignored)) {
        add(each->path());
      }
    }
  }

  void enter(const fs::path& directory, int depth) {
    if (is_virtual_environment(directory)) {
      std::error_code ignored;
      if (fs::exists(directory / "bin/python", ignored)) add(directory / "bin/python");
    } else if (depth < deepest && !is_passed_over(directory.filename())) {
      walk(directory, depth + 1);
    }
  }

  void add(const fs::path& path) {
    files_.push_back(
        {.path = path.lexically_relative(root_).string(), .executable = ::access(path.c_str(), X_OK) == 0});
  }

  fs::path root_;
  std::vector<Entry> files_;
};

}  // namespace

std::string init_project(const InitOptions& options, const fs::path& directory) {
  const fs::path file = directory / "sharder.toml";
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(file, ignored)) && !options.force)
    throw UsageError(file.string() + " is there already", "--force replaces it");
  const std::vector<Finding> findings = detect_suites(RealDirectory(directory));
  write_file(file, configuration_text(findings));
  return findings_text(findings);
}

int verb_init(const CommandLine& line) {
  std::cout << init_project(line.init, fs::current_path());
  return 0;
}

}  // namespace sharder
