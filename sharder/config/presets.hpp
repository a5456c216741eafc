// The presets that are compiled in: sharder/suites/presets/*.toml, as text.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace sharder {

/// By the framework's name; the keys of each text are those of [framework.NAME].
const std::map<std::string, std::string_view>& preset_texts();

}  // namespace sharder
