// Which history a verb means, and to whom the file belongs that it may have to make.
#pragma once

#include <filesystem>

#include "sharder/config/config.hpp"
#include "sharder/config/environment.hpp"
#include "sharder/history/history.hpp"

namespace sharder {

/// --history, else the invoker's own: in $XDG_STATE_HOME, else in his home. Behind sudo that is the home of
/// who called it, not root's.
std::filesystem::path history_file(const Config& config, const Environment& environment);

/// What root makes on behalf of somebody is his.
HistorySettings history_settings();

}  // namespace sharder
