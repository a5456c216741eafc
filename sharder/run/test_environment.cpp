#include "sharder/run/test_environment.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace sharder {
namespace {

constexpr const char* default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// An outer runner's shard variables would make an inner one silently skip tests; sharder has honoured them already.
bool selects_a_shard(const std::string& name) {
  constexpr std::array<std::string_view, 6> names{"GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX", "GTEST_SHARD_STATUS_FILE",
                                             "TEST_TOTAL_SHARDS",  "TEST_SHARD_INDEX",  "TEST_SHARD_STATUS_FILE"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Variables basic_environment(const Identity& user, const OuterEnvironment& outer) {
  const auto path = outer.find("PATH");
  return {{"PATH", path == outer.end() ? default_path : path->second},
          {"HOME", user.home},
          {"USER", user.name},
          {"LOGNAME", user.name},
          {"SHELL", user.shell},
          {"TMPDIR", "/tmp"}};
}

Variables suite_environment(const SuiteConfig& suite, const Identity& user, const OuterEnvironment& outer) {
  Variables variables = basic_environment(user, {});
  for (const std::string& name : suite.pass_environment)
    if (const auto found = outer.find(name); found != outer.end()) variables.emplace_back(*found);
  for (const auto* more : {&suite.framework.environment, &suite.environment})
    variables.insert(variables.end(), more->begin(), more->end());
  return variables;
}

std::vector<std::string> flatten(const Variables& variables) {
  std::vector<std::string> flat;
  flat.reserve(variables.size());
  for (auto variable = variables.begin(); variable != variables.end(); ++variable) {
    const auto same = [&](const auto& later) { return later.first == variable->first; };
    if (std::any_of(std::next(variable), variables.end(), same) || selects_a_shard(variable->first)) continue;
    std::string& pair = flat.emplace_back();
    pair.reserve(variable->first.size() + 1 + variable->second.size());
    pair.append(variable->first).append(1, '=').append(variable->second);
  }
  return flat;
}

}  // namespace sharder
