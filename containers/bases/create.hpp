// Makes bases: fills a root from its source, records how, and puts it into the store whole or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "containers/bases/base_store.hpp"
#include "containers/bases/source.hpp"

namespace sharder {

/// Told what is being done, a line each.
using BaseProgress = std::function<void(const std::string&)>;

/// Throws ConfigError (names, sources, a base of that name exists), ContainerError (a tool failed),
/// Interrupted. Whatever is thrown, nothing is left behind.
Base create_base(BaseStore& store, const BaseRequest& request, const BaseProgress& progress);

/// The same again from the recorded source, in the old one's place. Throws as create_base, and ContainerError
/// while a run uses the base.
Base refresh_base(BaseStore& store, const std::string& name, const BaseProgress& progress);

}  // namespace sharder
