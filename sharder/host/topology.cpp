#include "sharder/host/topology.hpp"

#include <hwloc.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <set>
#include <tuple>

#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

struct DestroyTopology {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, DestroyTopology>;

Topology new_topology() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) throw SystemError("prepare to read the topology", errno);
  return Topology(topology);
}

std::vector<int> cpus_in(hwloc_const_cpuset_t set) {
  std::vector<int> cpus;
  for (int cpu = hwloc_bitmap_first(set); cpu >= 0; cpu = hwloc_bitmap_next(set, cpu)) cpus.push_back(cpu);
  return cpus;
}

/// The number that stands for the last-level cache over `object`. Where there is no L3 (or it is hidden, as
/// in many virtual machines) the memory node or the package says what hangs together.
int cache_of(hwloc_topology_t topology, hwloc_obj_t object) {
  for (const hwloc_obj_type_t type : {HWLOC_OBJ_L3CACHE, HWLOC_OBJ_GROUP})
    if (const hwloc_obj_t above = hwloc_get_ancestor_obj_by_type(topology, type, object))
      return static_cast<int>(above->logical_index);
  // Memory nodes hang beside the tree, so the node set tells them, never an ancestor.
  return object->nodeset == nullptr ? 0 : hwloc_bitmap_first(object->nodeset);
}

int package_of(hwloc_topology_t topology, hwloc_obj_t object) {
  const hwloc_obj_t package = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_PACKAGE, object);
  return package == nullptr ? 0 : static_cast<int>(package->os_index);
}

Core read_core(hwloc_topology_t topology, hwloc_obj_t object) {
  Core core;
  core.cpus = cpus_in(object->cpuset);
  core.package = package_of(topology, object);
  core.numa = object->nodeset == nullptr ? 0 : std::max(0, hwloc_bitmap_first(object->nodeset));
  core.cache = cache_of(topology, object);
  if (hwloc_cpukinds_get_nr(topology, 0) > 1)
    core.kind = hwloc_cpukinds_get_by_cpuset(topology, object->cpuset, 0);
  return core;
}

std::vector<Core> read_cores(hwloc_topology_t topology) {
  // Some virtual machines tell no cores; then every hardware thread stands for one.
  const bool has_cores = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE) > 0;
  const hwloc_obj_type_t type = has_cores ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU;
  std::vector<Core> cores;
  for (hwloc_obj_t object = nullptr;
       (object = hwloc_get_next_obj_by_type(topology, type, object)) != nullptr;)
    if (!hwloc_bitmap_iszero(object->cpuset)) cores.push_back(read_core(topology, object));
  std::stable_sort(cores.begin(), cores.end(), [](const Core& left, const Core& right) {
    return std::tie(left.package, left.numa, left.cache) < std::tie(right.package, right.numa, right.cache);
  });
  return cores;
}

/// Names that identify a host, and what changes from call to call, are no part of a machine's description.
bool tells_of_the_host(const std::string& line) {
  for (const char* const name : {"HostName", "ProcessName", "LinuxCgroup", "OSVersion", "OSRelease",
                                 "DMIProductSerial", "DMIProductUUID", "DMIBoardSerial", "DMIChassisSerial"})
    if (line.find(std::string("<info name=\"") + name + '"') != std::string::npos) return true;
  return false;
}

std::string info_of(hwloc_topology_t topology, const char* name) {
  const hwloc_obj_t package = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PACKAGE, 0);
  for (const hwloc_obj_t object : {package, hwloc_get_root_obj(topology)})
    if (const char* const value = object == nullptr ? nullptr : hwloc_obj_get_info_by_name(object, name))
      return value;
  return {};
}

std::uint64_t memory_of_nodes(hwloc_topology_t topology) {
  std::uint64_t bytes = 0;
  for (hwloc_obj_t node = nullptr;
       (node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)) != nullptr;)
    bytes += node->attr->numanode.local_memory;
  return bytes;
}

MachineTopology describe(hwloc_topology_t topology) {
  MachineTopology machine;
  machine.cores = read_cores(topology);
  machine.cpu_model = info_of(topology, "CPUModel");
  machine.architecture = info_of(topology, "Architecture");
  std::set<int> packages, kinds;
  for (const Core& core : machine.cores) {
    packages.insert(core.package);
    if (core.kind >= 0) kinds.insert(core.kind);
    machine.threads += static_cast<int>(core.cpus.size());
  }
  machine.packages = static_cast<int>(packages.size());
  machine.kinds = static_cast<int>(kinds.size());
  machine.nodes_bytes = memory_of_nodes(topology);
  return machine;
}

void load(const Topology& topology, const std::string& what) {
  if (hwloc_topology_load(topology.get()) != 0)
    throw SystemError("read " + what, errno == 0 ? EINVAL : errno);
}

Topology this_machine() {
  Topology topology = new_topology();
  load(topology, "the machine's topology");
  return topology;
}

}  // namespace

MachineTopology detect_topology() {
  return describe(this_machine().get());
}

MachineTopology synthetic_topology(const std::string& description) {
  const Topology topology = new_topology();
  const std::string what = "the topology \"" + description + "\"";
  if (hwloc_topology_set_synthetic(topology.get(), description.c_str()) != 0)
    throw SystemError("understand " + what, errno);
  load(topology, what);
  MachineTopology machine = describe(topology.get());
  // hwloc gives a node of which nothing is said a gigabyte.
  if (description.find("memory=") == std::string::npos) machine.nodes_bytes = 0;
  return machine;
}

MachineTopology xml_topology(const std::string& text) {
  const Topology topology = new_topology();
  // The length counts the terminating zero.
  if (hwloc_topology_set_xmlbuffer(topology.get(), text.c_str(), static_cast<int>(text.size() + 1)) != 0)
    throw SystemError("understand hwloc XML", errno == 0 ? EINVAL : errno);
  load(topology, "hwloc XML");
  return describe(topology.get());
}

std::vector<Core> detect_cores() {
  return detect_topology().cores;
}

std::vector<Core> synthetic_cores(const std::string& description) {
  return synthetic_topology(description).cores;
}

std::vector<Core> xml_cores(const std::string& text) {
  return xml_topology(text).cores;
}

std::string export_topology_xml() {
  const Topology topology = this_machine();
  char* buffer = nullptr;
  int length = 0;
  if (hwloc_topology_export_xmlbuffer(topology.get(), &buffer, &length, 0) != 0)
    throw SystemError("write the machine's topology as XML", errno);
  std::string text;
  for (const std::string& line : split_lines(buffer))
    if (!tells_of_the_host(line)) text += line + '\n';
  hwloc_free_xmlbuffer(topology.get(), buffer);
  return text;
}

std::optional<std::string> export_topology_synthetic() {
  const Topology topology = this_machine();
  std::array<char, 1024> buffer{};
  if (hwloc_topology_export_synthetic(topology.get(), buffer.data(), buffer.size(), 0) <= 0)
    return std::nullopt;
  const MachineTopology real = describe(topology.get());
  const MachineTopology told = synthetic_topology(buffer.data());
  // It says nothing of kinds, and numbers what is missing through.
  const bool same = told.cores.size() == real.cores.size() && told.threads == real.threads &&
                    told.packages == real.packages && real.kinds == 0;
  return same ? std::optional<std::string>(buffer.data()) : std::nullopt;
}

}  // namespace sharder
