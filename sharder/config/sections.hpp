// The readers of [clones], [run] and [[override]]: which keys there are, of which kind, within which bounds.
// Each lays what it finds over the value that it is given, so file and profile are read one after the other.
#pragma once

#include <string>
#include <vector>

#include "sharder/config/config.hpp"
#include "sharder/config/table_reader.hpp"

namespace sharder {

void read_clones(const toml::table& table, const std::string& name, DiagnosticSink& sink,
                 ClonesConfig& clones);
void read_run(const toml::table& table, const std::string& name, DiagnosticSink& sink, RunConfig& run);
void read_override(const toml::table& table, const std::string& name, DiagnosticSink& sink,
                   std::vector<OverrideConfig>& overrides);

}  // namespace sharder
