// Small calls that every part of the agent needs: time, error texts, descriptors.
#pragma once

#include <cstdint>
#include <string>

namespace sharder::agent {

/// CLOCK_MONOTONIC in nanoseconds.
std::uint64_t now_ns();

/// "no such file or directory" for ENOENT, lower case as in all our messages.
std::string error_text(int error_number);

/// Writes everything unless the reader is gone; false then.
bool write_all(int fd, const char* bytes, std::size_t size);

void write_file(const std::string& path, const std::string& content);

std::string read_small_file(const std::string& path, std::size_t limit);

void close_if_open(int& fd);

}  // namespace sharder::agent
