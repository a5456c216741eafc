// How many workers a machine carries: its cores, a quota, its memory, what was asked for, and what is known
// of the tests. Which cores each worker gets is slots.hpp's affair. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sharder/config/config.hpp"
#include "sharder/host/evidence.hpp"
#include "sharder/host/machine.hpp"

namespace sharder {

struct Width {
  std::size_t workers = 1;
  bool keep_a_core = false;  // for the supervisor
  std::string why;
  std::optional<std::size_t> unwidened;  // without the evidence; empty: the same
};

Width choose_width(const Machine& machine, const WorkersChoice& choice,
                   std::optional<std::uint64_t> bytes_per_clone,
                   const std::optional<WidthEvidence>& evidence);

/// What clones may use together. The rest is left to the host: the supervisor, launchers, page cache.
std::uint64_t usable_memory(const Machine& machine);

}  // namespace sharder
