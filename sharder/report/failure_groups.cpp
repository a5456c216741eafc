#include "sharder/report/failure_groups.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace sharder {
namespace {

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_hexadecimal(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}

}  // namespace

std::string message_shape(std::string_view message) {
  std::string shape;
  for (std::size_t i = 0; i < message.size();) {
    if (!is_digit(message[i])) {
      shape += message[i++];
      continue;
    }
    const bool address = message.substr(i, 2) == "0x";
    const bool tells_why = shape.ends_with("exit status ");
    const std::size_t begin = i;
    if (address) i += 2;
    while (i < message.size() && (address ? is_hexadecimal(message[i]) : is_digit(message[i]))) ++i;
    shape += tells_why ? message.substr(begin, i - begin) : "#";
  }
  return shape;
}

std::vector<FailureGroup> group_failures(const std::vector<const RunRecord::TestRecord*>& tests) {
  std::vector<FailureGroup> groups;
  std::map<std::string, std::size_t> positions;
  for (const RunRecord::TestRecord* test : tests) {
    const RunRecord::Attempt* attempt = test->decisive();
    const std::string message = attempt == nullptr ? std::string() : attempt->record.message;
    const auto [found, is_new] = positions.emplace(message_shape(message), groups.size());
    if (is_new) groups.push_back({message, {}});
    groups[found->second].tests.push_back(test);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const FailureGroup& left, const FailureGroup& right) {
    return left.tests.size() > right.tests.size();
  });
  return groups;
}

}  // namespace sharder
