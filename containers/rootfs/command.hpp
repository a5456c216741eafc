// Runs one of the machine's administration programs (mkfs, ip, nft) to its end.
#pragma once

#include <string>
#include <vector>

namespace sharder::rootfs {

/// Waits for the command. Throws ContainerError with the end of what it printed, and names `package` as the
/// cure when there is no such program.
void run_command(std::vector<std::string> words, const std::string& package);

}  // namespace sharder::rootfs
