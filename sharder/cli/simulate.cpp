#include "sharder/cli/verbs.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {

int verb_simulate(const CommandLine&, const Environment&) {
  throw UsageError("sharder simulate is not in this version", "sharder --help lists the verbs");
}

}  // namespace sharder
