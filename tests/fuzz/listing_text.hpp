// A listing as text, and the claims that hold for every format of lists.
#pragma once

#include <string>

#include "sharder/suites/framework.hpp"

namespace sharder::fuzz {

std::string to_text(const Listing& listing);

/// Claims of what a ListingBuilder gave: names are there, once each, on one line, within bounds; so are problems.
void check_listing(const Listing& listing);

}  // namespace sharder::fuzz
