#include "sharder/cli/options_verbs_parts.hpp"

#include <algorithm>

namespace sharder {

std::vector<Flag> shared_flags(const std::vector<std::string>& names, std::vector<Flag> own) {
  std::vector<Flag> flags = std::move(own);
  for (const std::string& name : names) flags.push_back(run_flag(name));
  return flags;
}

std::vector<Flag> few_flags(const std::vector<std::string>& names, std::vector<Flag> own) {
  std::vector<Flag> flags;
  for (Flag& flag : own) {
    if (flag.group.empty()) flag.group = "Flags";
    flags.push_back(std::move(flag));
  }
  for (const std::string& name : names) {
    flags.push_back(run_flag(name));
    flags.back().group = "Flags";
  }
  return flags;
}

bool add_pattern(CommandLine& line, const std::string& value) {
  line.options.patterns.push_back(value);
  return !value.empty();
}

bool set_text(std::optional<std::string>& target, const std::string& value) {
  target = value;
  return !value.empty();
}

}  // namespace sharder
