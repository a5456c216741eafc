#include "sharder/run/layer_cache.hpp"

#include <string>
#include <system_error>

namespace sharder {

namespace fs = std::filesystem;

void mark_used(const fs::path& layer) {
  std::error_code ignored;
  fs::last_write_time(layer, fs::file_time_type::clock::now(), ignored);
}

void prune_layers(const fs::path& directory, fs::file_time_type oldest) {
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    // ".layer" may be followed by the id of a run that was killed while it made it.
    if (at->path().filename().string().find(".layer") == std::string::npos) continue;
    std::error_code gone;
    if (const fs::file_time_type used = fs::last_write_time(at->path(), gone); !gone && used < oldest)
      fs::remove(at->path(), gone);
  }
}

}  // namespace sharder
