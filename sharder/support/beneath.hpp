// Files below a directory that somebody else filled: whatever the names are and whatever links lie in the way, nothing
// above the directory is reached, and nothing but regular files is opened.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "sharder/support/unique_fd.hpp"

namespace sharder {

/// `name` is relative to `directory`. No descriptor, with errno, where it is no regular file, or leads out.
UniqueFd open_beneath(const std::filesystem::path& directory, const std::string& name);

/// The first bytes of such a file; nothing where there is none. Throws SystemError where it cannot be read.
std::optional<std::string> read_beneath(const std::filesystem::path& directory, const std::string& name,
                                        std::size_t most_bytes);

}  // namespace sharder
