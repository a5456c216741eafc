#include "sharder/run/setup_layer.hpp"

#include <fmt/format.h>

#include "sharder/run/clone_preparation.hpp"
#include "sharder/run/helper_command.hpp"
#include "sharder/run/layer_cache.hpp"
#include "sharder/run/layer_key.hpp"

namespace sharder {
namespace {

constexpr Seconds setup_timeout{4 * 3600};
constexpr int build_tries = 3;
/// Longer than a holiday; a project in work uses its layers every day.
constexpr std::chrono::hours kept_unused{30 * 24};

boost::asio::awaitable<void> set_up(RunContext& context, PreparedClone& prepared) {
  const SetupConfig& setup = context.config.clones.setup;
  if (setup.services) co_await start_services(context, prepared);
  for (const std::string& command : setup.commands) {
    ExecuteRequest request = root_command(context, command, ExecuteRequest::Role::helper);
    const CommandResult result = co_await run_command(context, *prepared.clone, std::move(request), setup_timeout);
    if (context.cancellation.cancelled()) throw PreparationError("stopped during setup");
    if (!result.succeeded())
      throw PreparationError(fmt::format("the setup command \"{}\" failed: {}{}", command, result.describe(),
                                         quote_tail(result.output + result.error_output)),
                             "try it in a clone: sharder shell");
  }
  if (setup.services) co_await stop_services(context, prepared);
}

/// What cannot be written cannot be written in the next clone either: then the setup need not run once more.
boost::asio::awaitable<void> pack_layer(Clone& clone, std::string image) {
  try {
    co_await clone.pack_layer(std::move(image));
  } catch (const ContainerError& error) {
    if (clone.gone()) throw;
    throw PreparationError(error.what(), error.hint());
  }
}

/// A clone that dies costs a new one, not the run.
boost::asio::awaitable<void> build_layer(RunContext& context, std::string image) {
  for (int attempt = 1;; ++attempt) {
    PreparedClone prepared = co_await obtain_clone(context, 0, {});
    std::string why;
    try {
      co_await set_up(context, prepared);
      co_await pack_layer(*prepared.clone, image);
      co_return;
    } catch (const Error& error) {
      if (!machine_failed(error, *prepared.clone) || attempt == build_tries || context.cancellation.draining()) throw;
      why = error.what();
    }
    context.events.publish(CloneLost{0, prepared.clone->name(), why});
  }
}

}  // namespace

boost::asio::awaitable<std::optional<std::string>> make_setup_layer(RunContext& context, LayerPaths paths) {
  const SetupConfig& setup = context.config.clones.setup;
  if (setup.commands.empty()) co_return std::nullopt;
  const TimePoint begun = context.time.now();
  const bool cached = !setup.inputs.empty();
  std::filesystem::path image = std::filesystem::path(paths.run_directory) / "setup.layer";
  if (cached) image = std::filesystem::path(paths.cache_directory) / (layer_key(context) + ".layer");
  const bool present = cached && std::filesystem::exists(image);
  if (!present) {
    std::error_code error;
    std::filesystem::create_directories(image.parent_path(), error);
    if (error) throw SystemError("make " + image.parent_path().string(), error.value());
    // Another run may build the same layer at this moment: whoever is last to rename wins, with equal content.
    const std::string beside = image.string() + "." + context.run_id;
    co_await build_layer(context, beside);
    std::filesystem::rename(beside, image, error);
    if (error) throw SystemError("rename " + beside, error.value());
    if (cached) prune_layers(paths.cache_directory, std::filesystem::file_time_type::clock::now() - kept_unused);
  } else {
    mark_used(image);
  }
  context.events.publish(SetupFinished{present, context.time.now() - begun});
  co_return image.string();
}

}  // namespace sharder
