#include "sharder/suites/list_formats.hpp"
#include "sharder/support/text.hpp"

namespace sharder {

void list_ids(std::string_view output, ListingBuilder& listing) {
  for (const std::string& line : split_lines(output))
    if (!trim(line).empty()) listing.add(line);
}

}  // namespace sharder
