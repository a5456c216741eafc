// Reads the section [DEFAULT] of an INI file as Python's configparser does: `key = value` or `key: value`,
// values that go on in indented lines, comments, %-interpolation. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/config/diagnostic.hpp"

namespace sharder {

struct IniEntry {
  std::string key;  // lower case
  std::string value;
  int line = 0;
};

struct IniSection {
  std::vector<IniEntry> entries;
  Diagnostics diagnostics;

  const IniEntry* find(std::string_view key) const;
};

IniSection read_default_section(std::string_view text, const std::string& file);

}  // namespace sharder
