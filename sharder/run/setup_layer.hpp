// Runs `setup` once in a first clone and packs what it wrote into a layer for all the others.
#pragma once

#include <optional>
#include <string>

#include "sharder/run/context.hpp"

namespace sharder {

struct LayerPaths {
  std::string cache_directory;  // layers with inputs are kept here, named by their key
  std::string run_directory;    // layers without live here, for the run
};

/// The layer's image on the host, or nothing where the configuration has no setup. Throws PreparationError when
/// the command fails; tells of it as setup.finished.
boost::asio::awaitable<std::optional<std::string>> make_setup_layer(RunContext& context, LayerPaths paths);

}  // namespace sharder
