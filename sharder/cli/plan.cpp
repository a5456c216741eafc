#include "sharder/cli/verbs.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {

int verb_plan(const CommandLine&, const Environment&) {
  throw UsageError("sharder plan is not in this version", "sharder --help lists the verbs");
}

}  // namespace sharder
