// results.json: the Common Test Report Format 1.0 (ctrf.io), which dashboards and bots read. What CTRF has no
// word for stands under `extra`.
#pragma once

#include <string>

#include "sharder/report/run_record.hpp"

namespace sharder {

std::string ctrf_report(const RunRecord& record);

}  // namespace sharder
