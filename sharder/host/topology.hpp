// How processors hang together, as hwloc tells it: of this machine, of one described in a line, or of one
// whose hwloc XML we have. The only place that includes hwloc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sharder/host/machine.hpp"

namespace sharder {

struct MachineTopology {
  std::vector<Core> cores;   // as in Machine
  std::string cpu_model;     // as the vendor writes it; "" where nothing tells
  std::string architecture;  // "x86_64"; "" where nothing tells
  int packages = 0;
  int threads = 0;                // hardware threads of all cores
  int kinds = 0;                  // of cores; 0: not told, or all are of one
  std::uint64_t nodes_bytes = 0;  // memory of all nodes together; 0 where it is not told
};

/// This machine as far as its cpusets allow. Throws SystemError.
MachineTopology detect_topology();
/// hwloc's short form: "pack:2 [numa(memory=64GB)] l3:8 core:8 pu:2". Throws SystemError.
MachineTopology synthetic_topology(const std::string& description);
/// The text of a file that `lstopo --of xml` wrote on another machine. Throws SystemError.
MachineTopology xml_topology(const std::string& text);

/// The cores alone.
std::vector<Core> detect_cores();
std::vector<Core> synthetic_cores(const std::string& description);
std::vector<Core> xml_cores(const std::string& text);

/// This machine as hwloc XML, without the names of host and process. Throws SystemError.
std::string export_topology_xml();
/// This machine in the short form, where that tells the same cores; irregular machines have none. Throws
/// SystemError.
std::optional<std::string> export_topology_synthetic();

}  // namespace sharder
