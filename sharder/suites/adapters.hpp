// The files that we inject into a framework's own process, as they were compiled in.
#pragma once

#include <string_view>
#include <vector>

namespace sharder {

/// The text of adapters/NAME, or an empty view where there is no such adapter.
std::string_view adapter_text(std::string_view name);
std::vector<std::string_view> adapter_text_names();

}  // namespace sharder
