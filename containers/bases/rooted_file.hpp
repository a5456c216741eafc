// Reads files of another root file system as its own processes would see them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace sharder {

/// The file at `path` (relative) of `root`, or nothing where there is none that can be read. Symbolic links
/// are followed inside `root` only, whatever they say: a root may come from anywhere. Only regular files, at
/// most 64 MiB.
std::optional<std::string> read_in_root(const std::filesystem::path& root, const std::string& path);

}  // namespace sharder
