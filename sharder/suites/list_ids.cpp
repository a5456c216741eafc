#include "sharder/suites/line_splitter.hpp"
#include "sharder/suites/list_formats.hpp"
#include "sharder/support/text.hpp"

namespace sharder {

void list_ids(std::string_view output, ListingBuilder& listing) {
  for_each_line(output, [&](std::string_view line) {
    if (!trim(line).empty()) listing.add(line);
  });
}

}  // namespace sharder
