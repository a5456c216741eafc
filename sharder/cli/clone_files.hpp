// Files that every clone gets in front of its base: adapters, hosts, accounts.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "containers/clone_pool.hpp"

namespace sharder {

/// `root` is the base's root directory. The clone's own host name resolves; the tests' user has an account; password
/// hashes of the host are left out, but not the accounts.
std::vector<ExtraFile> files_for_clones(const Identity& user, const std::filesystem::path& root,
                                        const std::string& host_name);

/// hosts with a line for `host_name`, unless it has one.
std::string hosts_with(std::string hosts, const std::string& host_name);

}  // namespace sharder
