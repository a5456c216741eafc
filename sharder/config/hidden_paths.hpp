// What tests must not see of the machine that they run on a copy of: the default of `hide`. `sharder doctor`
// prints it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sharder {

/// Absolute globs. /run, /tmp and /dev/shm are not among them: every clone has its own anyhow.
std::vector<std::string> default_hidden_paths();

/// Names, relative to a home or a project, that stay hidden even where that directory itself is visible.
const std::vector<std::string>& secret_names();

/// /etc/shadow or /etc/gshadow with every password hash replaced by "*". The files themselves are hidden;
/// where this text is laid in their place, `su` by root and the like go on working.
std::string without_passwords(std::string_view shadow);

}  // namespace sharder
