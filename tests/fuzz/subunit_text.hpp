// Pieces of a subunit stream as text.
#pragma once

#include <string>
#include <vector>

#include "sharder/suites/subunit2.hpp"

namespace sharder::fuzz {

/// Texts that follow each other are joined: where a stream was cut must not show.
std::string to_text(const std::vector<SubunitPiece>& pieces);

}  // namespace sharder::fuzz
