// Single lines of TAP, versions 12 to 14.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sharder {

/// "not ok 3 - name # SKIP reason"
struct TapPoint {
  enum class Directive { none, skip, todo };
  bool ok = true;
  std::optional<std::size_t> number;
  std::string name;
  Directive directive = Directive::none;
  std::string reason;
};
std::optional<TapPoint> parse_tap_point(std::string_view line);

/// "1..5" or "1..0 # SKIP reason"
struct TapPlan {
  std::size_t last = 0;
  std::string reason;
};
std::optional<TapPlan> parse_tap_plan(std::string_view line);

}  // namespace sharder
