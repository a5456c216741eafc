// Where bases lie, who may use one and who may change it. How a base is filled is create.hpp's affair.
//
//   DIRECTORY/NAME/root/      the root file system
//   DIRECTORY/NAME/base.json  how it was made
//   DIRECTORY/NAME/lock       held shared (flock) by every run that uses it
//   DIRECTORY/.NAME.lock      held by who makes, remakes or removes NAME
//   DIRECTORY/.NAME.new       in the making; whoever holds .NAME.lock next removes what was left there
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "containers/bases/base.hpp"
#include "containers/bases/interruption.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/places.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {

/// A base that cannot be removed or replaced while this object lives; end of the process ends it too.
struct BaseLease {
  Base base;
  UniqueFd lock;  // empty for the host
};

/// A place where one base is made, and nobody else makes the same. Removed on destruction unless published.
class BaseWorkshop {
 public:
  BaseWorkshop(std::filesystem::path bases, std::string name, InterruptionGuard& interruption);
  ~BaseWorkshop();
  BaseWorkshop(const BaseWorkshop&) = delete;
  BaseWorkshop& operator=(const BaseWorkshop&) = delete;

  std::filesystem::path directory() const { return staging_; }
  std::filesystem::path root() const { return staging_ / "root"; }
  /// Makes it the base NAME in one step, in the place of another of that name if there is one. Throws
  /// ContainerError when a run uses that one.
  void publish(const Base& base);

 private:
  std::filesystem::path bases_, staging_;
  std::string name_;
  UniqueFd lock_;
};

class BaseStore {
 public:
  explicit BaseStore(std::filesystem::path directory = own_places().bases);

  const std::filesystem::path& directory() const { return directory_; }
  bool contains(const std::string& name) const;
  std::vector<std::string> names() const;  // sorted; without the host

  /// "host" is this machine, root "/". Throws ConfigError, naming what there is, for an unknown name.
  Base find(const std::string& name) const;
  /// The same, held: for a run. Throws as find().
  BaseLease lease(const std::string& name) const;
  /// Throws ContainerError while a run uses it, ConfigError for an unknown name.
  void remove(const std::string& name);

 private:
  ConfigError unknown(const std::string& name) const;

  std::filesystem::path directory_;
};

/// Throws ConfigError unless a base may be called that: "host" is taken.
void check_base_name(const std::string& name);

}  // namespace sharder
