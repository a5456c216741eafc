// --events: from what was asked for to a mirror of the run's events, and every reason why that cannot be, before the
// run.
#pragma once

#include <memory>
#include <optional>

#include "sharder/config/config.hpp"
#include "sharder/report/mirror/mirror.hpp"
#include "sharder/run/context.hpp"

namespace sharder {

/// Nothing where nothing was asked for. Throws UsageError.
std::unique_ptr<MirrorDestination> open_destination(const std::optional<EventsConfig>& events);

/// Tells its troubles as notices of the run. Nothing without a destination.
std::unique_ptr<Mirror> make_mirror(std::unique_ptr<MirrorDestination> destination, RunContext& context);

}  // namespace sharder
