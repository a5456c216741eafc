// Whole files as strings, and lines that reach the disk whole or not at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sharder {

/// The file's bytes. Throws SystemError.
std::string read_file(const std::filesystem::path& path);

/// The file's bytes, or nothing when it cannot be read (for /proc and /sys, where absence is normal).
std::optional<std::string> read_file_if_any(const std::filesystem::path& path);

/// Replaces the file in one step (write beside it, rename). Throws SystemError.
void write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace sharder
