// Which test frameworks a directory uses, judged by the names of its files and a few looks into them. Pure:
// what the directory holds comes through an interface.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sharder {

/// A directory tree, as far as it is worth looking at.
class DirectoryListing {
 public:
  struct Entry {
    std::string path;  // relative, '/' between its parts
    bool executable = false;
  };

  virtual ~DirectoryListing() = default;
  /// Files, sorted by path.
  virtual const std::vector<Entry>& files() const = 0;
  /// The beginning of a file, enough for configuration files and scripts; "" where it cannot be read.
  virtual std::string beginning(const std::string& path) const = 0;
  /// Whether the bytes stand anywhere in a (possibly large) file.
  virtual bool contains(const std::string& path, std::string_view bytes) const = 0;
};

/// A suite that the directory seems to have.
struct Finding {
  std::string framework, suite;
  std::string evidence;  // for people: what it was concluded from
  std::string remark;    // what they should know or do about it; may be empty
  std::string directory = ".";
  std::vector<std::string> programs;
  std::string interpreter;
  std::string own_framework;  // the lines of a [framework.NAME] that goes with it; may be empty
  bool in_force = true;       // false: written as a comment, because another finding runs the same tests
};

std::vector<Finding> detect_suites(const DirectoryListing& listing);

/// Globs that match these files and few others: "build/**/*_test", or the files themselves where they have
/// nothing in common.
std::vector<std::string> globs_for(const std::vector<std::string>& files);

}  // namespace sharder
