#include "sharder/host/topology.hpp"

#include <hwloc.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <tuple>

#include "sharder/support/errors.hpp"

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

std::vector<Core> load_cores(const Topology& topology) {
  if (hwloc_topology_load(topology.get()) != 0) throw SystemError("read the machine's topology", errno);
  return read_cores(topology.get());
}

}  // namespace

std::vector<Core> detect_cores() {
  return load_cores(new_topology());
}

std::vector<Core> synthetic_cores(const std::string& description) {
  const Topology topology = new_topology();
  if (hwloc_topology_set_synthetic(topology.get(), description.c_str()) != 0)
    throw SystemError("understand the topology \"" + description + "\"", errno);
  return load_cores(topology);
}

}  // namespace sharder
