// boost::regex with a bound on the states that one search visits before it gives up. Boost's own, 100 million, lets one
// hostile line of output hold the event loop for seconds; a search through the 8 MiB of output that are kept needs one
// or two million. Included instead of <boost/regex.hpp>, everywhere.
#pragma once

#ifdef SHARDER_FUZZ
#define BOOST_REGEX_MAX_STATE_COUNT 500000  // sanitizers cost a factor of twenty
#else
#define BOOST_REGEX_MAX_STATE_COUNT 10000000
#endif
// Boost casts the number in the old style, which GCC holds against the macro's place.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <boost/regex.hpp>
#pragma GCC diagnostic pop
