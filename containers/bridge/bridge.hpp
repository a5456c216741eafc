// A private network for a run's clones, with the machine as its gateway: what is changed on the machine for
// it, and how that is undone, also after a run that died.
#pragma once

#include <filesystem>
#include <string>

#include "sharder/support/unique_fd.hpp"

namespace sharder {

/// Addresses of one clone.
struct CloneAddress {
  std::string address;  // "10.213.7.2/24"
  std::string gateway;
};

class Bridge {
 public:
  /// Takes a network that no other run has and no route of the machine covers; makes the bridge, the address
  /// translation and, if it was off, turns forwarding on. Throws ContainerError.
  explicit Bridge(std::filesystem::path directory = "/run/sharder/networks");
  /// Undoes everything; forwarding only when no other run needs it.
  ~Bridge();
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  const std::string& name() const { return name_; }
  /// The address of a run's clone by its number; numbers may be used again when their clone is gone.
  CloneAddress address_of(unsigned number) const;

 private:
  void choose_network();
  void set_up();

  std::filesystem::path directory_;
  UniqueFd lock_;
  int slot_ = -1;
  std::string name_;
};

/// Undoes what dead runs left of their networks.
void clean_dead_bridges(const std::filesystem::path& directory = "/run/sharder/networks");

}  // namespace sharder
