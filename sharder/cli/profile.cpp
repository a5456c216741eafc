#include "sharder/cli/verbs.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {

int verb_profile(const CommandLine&, const Environment&) {
  throw UsageError("sharder profile is not in this version", "sharder --help lists the verbs");
}

}  // namespace sharder
