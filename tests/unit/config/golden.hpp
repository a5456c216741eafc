// Compares a text with a file of tests/golden. SHARDER_UPDATE_GOLDEN=1 rewrites the file; the diff is
// reviewed.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "sharder/support/files.hpp"

namespace sharder {

inline void expect_golden(const std::string& name, const std::string& actual) {
  const std::filesystem::path path = std::filesystem::path(SHARDER_TEST_DATA) / "golden" / name;
  if (std::getenv("SHARDER_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    write_file(path, actual);
  }
  EXPECT_EQ(actual, read_file_if_any(path).value_or("there is no such file")) << path;
}

}  // namespace sharder
