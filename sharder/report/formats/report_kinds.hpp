// The files of results by name, for copies and for `sharder report`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/report/run_record.hpp"

namespace sharder {

/// "ctrf", "junit", "subunit", "subunit1", "trace".
const std::vector<std::string>& report_kinds();

/// The whole report; nothing for a kind that nobody knows.
std::optional<std::string> render_report(std::string_view kind, const RunRecord& record);

}  // namespace sharder
