// The exceptions of the project, and the assertion that stays on in release builds.
// What a test does is data (model/outcome.hpp); what the machine does is thrown.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sharder {

/// Root of everything we throw on purpose. The message is for people: lower case,
/// what failed, on what, why; the hint says how to cure it and may be empty.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, std::string hint = {})
      : std::runtime_error(message), hint_(std::move(hint)) {}
  const std::string& hint() const { return hint_; }

 private:
  std::string hint_;
};

/// The command line, or a value on it, is wrong: exit status 2.
class UsageError : public Error {
  using Error::Error;
};

/// sharder.toml or another configuration file is wrong: exit status 2.
class ConfigError : public Error {
  using Error::Error;
};

/// A clone could not be made, or was lost. The attempt is retried elsewhere.
class ContainerError : public Error {
  using Error::Error;
};

/// The machine is unfit for good (no LXC, no overlay, not allowed): exit status 2.
class UnfitError : public ContainerError {
  using ContainerError::ContainerError;
};

/// Nothing is free on this machine for now: exit status 75.
class BusyError : public Error {
  using Error::Error;
};

/// A call to the operating system failed: "open /x: no such file or directory".
class SystemError : public Error {
 public:
  /// `operation` names the call and its object, e.g. "open /etc/passwd".
  SystemError(const std::string& operation, int error_number, std::string hint = {});
  int error_number() const { return error_number_; }

 private:
  int error_number_;
};

/// "no such file or directory" for ENOENT: lower case, as it stands in our messages.
std::string error_text(int error_number);

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line, const std::string& values);

}  // namespace sharder

/// Checks an invariant, in release builds too; a failure is a bug in sharder and ends the program.
/// The name of the file without its directory: where sharder was built must not show in its programs.
#define SHARDER_ASSERT(expression, ...)                                                        \
  do {                                                                                         \
    if (!(expression)) ::sharder::assertion_failed(#expression, __FILE_NAME__, __LINE__, std::string{__VA_ARGS__}); \
  } while (false)
