// What is wrong with a configuration, where, and how to mend it. Readers collect these instead of throwing,
// so that people see all mistakes at once.
#pragma once

#include <string>
#include <vector>

namespace sharder {

struct Diagnostic {
  enum class Severity { error, warning, notice } severity = Severity::error;
  std::string file;  // as people know it: relative to where they are; "" for the environment
  int line = 0;      // 1-based; 0: the file as a whole
  int column = 0;
  std::string message;
  std::string hint;
};

using Diagnostics = std::vector<Diagnostic>;

/// `sharder.toml:12:3: error: unknown key "framwork" in [suite.unit] (hint: did you mean "framework"?)`
std::string to_string(const Diagnostic& diagnostic);

bool has_errors(const Diagnostics& diagnostics);

/// The known word that was probably meant, or "": a near spelling, or the same letters in another order.
std::string probably_meant(const std::string& word, const std::vector<std::string>& known);

/// `did you mean "framework"?`, or "" where nothing is near.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& known);

/// `did you mean "framework"?`, or `known are a, b and c` where nothing is near.
std::string suggestion(const std::string& word, const std::vector<std::string>& known);

/// "a, b and c" (or another word before the last).
std::string enumeration(const std::vector<std::string>& words, const std::string& last = "and");

}  // namespace sharder
