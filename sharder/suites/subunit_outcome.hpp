// What a subunit status says of an attempt.
#pragma once

#include <optional>

#include "sharder/model/outcome.hpp"
#include "sharder/suites/subunit2.hpp"

namespace sharder {

/// Nothing where the test has not ended.
inline std::optional<Outcome> outcome_of(SubunitStatus status) {
  switch (status) {
    case SubunitStatus::success:
      return Outcome::passed;
    case SubunitStatus::unexpected_success:
      return Outcome::unexpected_success;
    case SubunitStatus::skip:
      return Outcome::skipped;
    case SubunitStatus::fail:
      return Outcome::failed;
    case SubunitStatus::expected_failure:
      return Outcome::expected_failure;
    case SubunitStatus::none:
    case SubunitStatus::exists:
    case SubunitStatus::in_progress:
      break;
  }
  return std::nullopt;
}

}  // namespace sharder
