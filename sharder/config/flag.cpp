#include "sharder/config/flag.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/config/diagnostic.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {

const Flag& run_flag(const std::string& name) {
  const std::vector<Flag>& flags = run_flags();
  const auto found =
      std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) { return flag.name == name; });
  SHARDER_ASSERT(found != flags.end(), name);
  return *found;
}

void store_flag(const Flag& flag, CommandLine& line, const std::string& value, const std::string& source) {
  if (flag.takes_value() && value.starts_with("--"))
    throw UsageError(fmt::format("{} needs a value, found the flag {}", source, printable(value)));
  if (!flag.choices.empty() &&
      std::find(flag.choices.begin(), flag.choices.end(), value) == flag.choices.end())
    throw UsageError(fmt::format("{}: expected {}, found \"{}\"", source, enumeration(flag.choices, "or"),
                                 printable(value)),
                     did_you_mean(value, flag.choices));
  if (!flag.store(line, value))
    throw UsageError(fmt::format("{}: expected {}, found \"{}\"", source, flag.expects, printable(value)));
}

}  // namespace sharder
