// A directory with a few files, for as long as a test runs, and what load() makes of it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "sharder/config/load.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {

class ScratchProject {
 public:
  ScratchProject() {
    std::string name = (std::filesystem::temp_directory_path() / "sharder-config-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw SystemError("mkdtemp " + name, errno);
    root_ = std::filesystem::path(name) / "project";
    std::filesystem::create_directory(root_);
  }
  ~ScratchProject() {
    std::error_code ignored;
    std::filesystem::remove_all(root_.parent_path(), ignored);
  }
  ScratchProject(const ScratchProject&) = delete;
  ScratchProject& operator=(const ScratchProject&) = delete;

  const std::filesystem::path& path() const { return root_; }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((root_ / name).parent_path());
    write_file(root_ / name, text);
  }

  LoadResult load(const CommandLine& line = {}, const Environment& environment = {},
                  const std::string& directory = "") const {
    return sharder::load(line, environment, directory.empty() ? root_ : root_ / directory);
  }

  /// With `text` as its sharder.toml.
  LoadResult load_text(const std::string& text, const CommandLine& line = {},
                       const Environment& environment = {}) const {
    write("sharder.toml", text);
    return load(line, environment);
  }

 private:
  std::filesystem::path root_;
};

/// One diagnostic a line, as people see them.
inline std::string printed(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& each : diagnostics) text += to_string(each) + "\n";
  return text;
}

/// The least that can be run.
inline const std::string minimal = "[suite.unit]\nframework = \"exec\"\nprograms = [\"t/*.sh\"]\n";

}  // namespace sharder
