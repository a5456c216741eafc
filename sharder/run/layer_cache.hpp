// The setup layers that are kept from run to run: each is found by its key, and goes when nobody has used it for long.
#pragma once

#include <filesystem>

namespace sharder {

/// The file says from now on that it was used today.
void mark_used(const std::filesystem::path& layer);

/// Removes the layers that were last used before `oldest`. A run that has one mounted keeps it: only the name goes.
void prune_layers(const std::filesystem::path& directory, std::filesystem::file_time_type oldest);

}  // namespace sharder
