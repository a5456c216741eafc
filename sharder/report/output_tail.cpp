#include "sharder/report/output_tail.hpp"

#include "sharder/report/terminal_text.hpp"
#include "sharder/support/text.hpp"

namespace sharder {

std::vector<std::string> output_tail(const AttemptRecord& record, std::size_t most_lines) {
  constexpr std::size_t longest_line = 500;
  const std::vector<std::string> all = split_lines(record.details.empty() ? record.output : record.details);
  std::vector<std::string> tail;
  const std::size_t first = all.size() - std::min(all.size(), most_lines);
  if (first > 0) tail.push_back("... " + count_of(first, "line") + " before ...");
  for (std::size_t i = first; i < all.size(); ++i) {
    const bool cut = all[i].size() > longest_line;
    tail.push_back(printable(whole_characters(all[i], longest_line)) + (cut ? "…" : ""));
  }
  return tail;
}

}  // namespace sharder
