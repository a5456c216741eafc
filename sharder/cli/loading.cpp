#include "sharder/cli/loading.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "sharder/config/load.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {

Config load_or_refuse(const CommandLine& line, const Environment& environment) {
  LoadResult loaded = load(line, environment, std::filesystem::current_path());
  int errors = 0;
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    fmt::print(stderr, "{}\n", to_string(diagnostic));
    if (diagnostic.severity == Diagnostic::Severity::error) ++errors;
  }
  if (errors > 0)
    throw ConfigError(errors == 1 ? "the configuration is wrong; nothing was run"
                                  : fmt::format("the configuration has {} mistakes; nothing was run", errors));
  return std::move(loaded.config);
}

std::string read_load_list(const SelectionConfig& selection) {
  if (!selection.load_list) return {};
  try {
    return read_file(*selection.load_list == "-" ? "/dev/stdin" : *selection.load_list);
  } catch (const SystemError& error) {
    throw UsageError(fmt::format("--load-list: {}", error.what()));
  }
}

}  // namespace sharder
