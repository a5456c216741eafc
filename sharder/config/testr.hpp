// Takes over a project's .testr.conf (testrepository) or .stestr.conf (stestr) as it is: its commands become
// those of framework `testr`. What has no place here is passed over with a notice.
#pragma once

#include <filesystem>
#include <string>

#include "sharder/config/config.hpp"
#include "sharder/config/diagnostic.hpp"

namespace sharder {

struct TestrImport {
  FrameworkConfig framework;
  std::string group_by;  // "" where the file has no opinion
  Diagnostics diagnostics;
};

/// Whether the directory has such a file.
bool has_testr_file(const std::filesystem::path& directory);

/// Reads the directory's file; `shown` stands before its name in messages ("", "lib/"). `preset` is what
/// framework testr has already, and all there is where no such file exists.
TestrImport import_testr(const std::filesystem::path& directory, const std::string& shown,
                         const FrameworkConfig& preset);

/// The same from texts, pure. `file` is how the file is called in messages.
TestrImport import_testr_text(const std::string& text, const std::string& file,
                              const FrameworkConfig& preset);
TestrImport import_stestr_text(const std::string& text, const std::string& file,
                               const FrameworkConfig& preset);

}  // namespace sharder
