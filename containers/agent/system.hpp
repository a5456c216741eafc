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

/// Opens what lies below `directory`, through no link; O_CLOEXEC is added, and so are `also_resolve`, RESOLVE_... of
/// openat2(2). -1 with errno otherwise.
int open_beneath(int directory, const std::string& path, int flags, std::uint64_t also_resolve = 0);

/// Keeps /proc as it is now, before a test that is root can put something else there: a queue, for one, at which
/// we would wait for ever. To be called again in a child that has closed our descriptors or entered another root.
void hold_proc();
/// Opens a file of that /proc, "1/comm"; never one that was mounted over it. -1 otherwise.
int open_in_proc(const std::string& path, int flags);

/// Children of PID 1 as the kernel lists them, " 12 13"; "" where it does not.
std::string list_children_of_init(std::size_t limit);

/// Reads to the end or to `limit`, and closes. Nothing where `fd` is -1.
std::string read_small_file(int fd, std::size_t limit);

void close_if_open(int& fd);

}  // namespace sharder::agent
