// trace.json: the run as a timeline in Chrome's trace format, a lane for each worker; opens in Perfetto.
#pragma once

#include <string>

#include "sharder/report/run_record.hpp"

namespace sharder {

std::string trace_report(const RunRecord& record);

}  // namespace sharder
