#include "sharder/report/formats/report_kinds.hpp"

#include "sharder/report/formats/ctrf.hpp"
#include "sharder/report/formats/junit.hpp"
#include "sharder/report/formats/subunit_report.hpp"
#include "sharder/report/formats/trace.hpp"

namespace sharder {

const std::vector<std::string>& report_kinds() {
  static const std::vector<std::string> kinds{"ctrf", "junit", "subunit", "subunit1", "trace"};
  return kinds;
}

std::optional<std::string> render_report(std::string_view kind, const RunRecord& record) {
  if (kind == "ctrf") return ctrf_report(record);
  if (kind == "junit") return junit_report(record);
  if (kind == "trace") return trace_report(record);
  std::string stream;
  if (kind == "subunit") {
    for (const RunRecord::TestRecord& test : record.tests()) stream += subunit2_of(test);
    return stream;
  }
  if (kind != "subunit1") return std::nullopt;
  stream = subunit1_head(record.tests().size());
  for (const RunRecord::TestRecord& test : record.tests()) stream += subunit1_of(test);
  return stream;
}

}  // namespace sharder
