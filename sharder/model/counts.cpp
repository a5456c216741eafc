#include "sharder/model/counts.hpp"

namespace sharder {

void count(Counts& counts, Verdict verdict) {
  switch (verdict) {
    case Verdict::passed: ++counts.passed; break;
    case Verdict::failed: ++counts.failed; break;
    case Verdict::flaky: ++counts.flaky; break;
    case Verdict::skipped: ++counts.skipped; break;
    case Verdict::lost: ++counts.lost; break;
    case Verdict::not_run: ++counts.not_run; break;
  }
}

}  // namespace sharder
