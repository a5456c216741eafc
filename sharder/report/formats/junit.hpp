// junit.xml in the dialect of Maven Surefire, with elements for reruns; readers that do not know those see a
// flaky test as passed. Valid XML whatever bytes a test wrote.
#pragma once

#include <string>
#include <string_view>

#include "sharder/report/run_record.hpp"

namespace sharder {

std::string junit_report(const RunRecord& record);

/// Text for XML 1.0: characters that XML cannot carry at all become "\x1b".
std::string xml_escape(std::string_view bytes);

}  // namespace sharder
