// Who the tests run as: a user's ids, groups, home and shell, as the base knows them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "containers/clone_pool.hpp"

namespace sharder {

/// The account that called: SUDO_USER's where sudo ran us, else the one that we run as.
Identity invoker_identity();

/// `user` of [clones] ("invoker", "root" or a name) in the root file system `root`; "/" asks the host's name
/// service. An invoker whom a base does not know keeps his host's ids and is given /tmp as his home. Throws
/// ConfigError for any other unknown user.
Identity identity_in_base(const std::string& user, const std::filesystem::path& root);

/// etc/passwd and etc/group with the identity's lines added, where the base lacks them; for
/// ClonePoolSettings::extra_files, so that the user's processes find their own name.
std::vector<ExtraFile> account_files(const Identity& identity, const std::filesystem::path& root);

}  // namespace sharder
