#include "sharder/cli/session.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "containers/bases/identity.hpp"
#include "containers/lxc_clone_pool.hpp"
#include "containers/rootfs/nesting.hpp"
#include "sharder/cli/clone_files.hpp"
#include "sharder/cli/options.hpp"
#include "sharder/cli/ordinary_user.hpp"
#include "sharder/host/slots.hpp"
#include "sharder/host/width.hpp"
#include "sharder/run/warm_clones.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/open_files.hpp"
#include "sharder/support/places.hpp"

namespace sharder {
namespace {

/// What liblxc has open while it starts a container; a supervisor of one worker takes less.
constexpr std::uint64_t least_open_files = 64;
/// Of the supervisor, for each: the clone's socket, and output, input and results of a process; twice, for a spare.
constexpr std::uint64_t open_files_per_worker = 10;

/// Sorts by time, tells runs of one second apart, and fits into names of cgroups.
std::string new_run_id() {
  std::random_device random;
  const std::time_t now = std::time(nullptr);
  return fmt::format("{:%Y%m%d-%H%M%S}-{:04x}", fmt::gmtime(now), random() & 0xFFFF);
}

std::uint64_t new_seed() {
  // Short enough to be typed again.
  return std::random_device{}() % 1'000'000;
}

std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

std::optional<std::uint64_t> wanted_bytes(const ClonesConfig& clones) {
  if (!clones.memory_bytes && !clones.disk_bytes) return std::nullopt;
  const bool disk_is_memory = clones.storage == "tmpfs";
  return clones.memory_bytes.value_or(0) + (disk_is_memory ? clones.disk_bytes.value_or(0) : 0);
}

/// Spares share the machine's memory with the workers' clones: none where what each of them asks for does not suffice
/// for one more.
int spares_that_fit(const Machine& machine, const ClonesConfig& clones, const std::vector<Place>& places) {
  const int spares = spare_clones(clones.fresh, places);
  const std::optional<std::uint64_t> each = wanted_bytes(clones);
  const std::uint64_t all = each.value_or(0) * (places.size() + static_cast<std::size_t>(spares));
  return all > machine.memory_available_bytes && machine.memory_available_bytes != 0 ? 0 : spares;
}

/// Where clones write to disk: what is free there.
std::optional<std::uint64_t> free_disk(const ClonesConfig& clones) {
  if (clones.storage != "disk") return std::nullopt;
  return std::filesystem::space("/run").available;
}

/// Before anything else is asked for: no sudo and no base helps in a clone without nesting.
void refuse_in_clones() {
  if (const auto refusal = rootfs::refusal_of(rootfs::find_surroundings(), ::geteuid()))
    throw UnfitError(refusal->why, refusal->cure);
}

/// Made here and not by the launcher, so that an ordinary user's is his own.
void make_runs_directory() {
  std::error_code error;
  std::filesystem::create_directories(own_places().runs, error);
  if (error) throw SystemError("make " + own_places().runs.string(), error.value());
}

/// A test that wants more cores than there are would wait for ever, or lie about what it had.
void refuse_impossible_cores(const Config& config, std::size_t cores) {
  for (const OverrideConfig& override : config.overrides)
    if (override.cores && *override.cores > static_cast<int>(cores))
      throw ConfigError(fmt::format("the [[override]] of \"{}\" wants cores = {}, and this machine has {}",
                                    override.match, *override.cores, cores),
                        "fewer cores in [[override]], or another machine");
}

MountSettings::Mode mount_mode(const std::string& mode) {
  if (mode == "rw") return MountSettings::Mode::read_write;
  return mode == "cow" ? MountSettings::Mode::copy_on_write : MountSettings::Mode::read_only;
}

ClonePoolSettings pool_settings(const Config& config, const Base& base, const Identity& user, const std::string& run_id,
                                const CloneMemory& memory) {
  const ClonesConfig& clones = config.clones;
  ClonePoolSettings settings;
  settings.run_id = run_id;
  settings.base = base.name;
  settings.base_root = base.root.string();
  settings.project = config.project_directory.string();
  settings.project_hidden = {".sharder"};
  settings.hide = clones.hide;
  for (const MountConfig& mount : clones.mounts)
    settings.mounts.push_back({mount.source, mount.target, mount_mode(mount.mode)});
  settings.extra_files = files_for_clones(user, base.root, host_name());
  settings.user = user;
  settings.privileged = clones.privileged;
  settings.nesting = clones.nesting;
  settings.bridge = clones.network == "bridge";
  settings.memory_bytes = memory.memory_bytes;
  settings.disk_bytes = memory.disk_bytes;
  settings.storage_on_disk = clones.storage == "disk";
  settings.processes = clones.processes;
  settings.open_files = clones.open_files;
  return settings;
}

}  // namespace

Session::RoomForFiles::RoomForFiles() { allow_open_files(least_open_files); }

Session::Session(Config config, Environment environment, const Machine& machine, const Past& past,
                 std::optional<std::string> run_id)
    : config_(std::move(config)),
      machine_id_(new_run_id()),
      run_id_(run_id.value_or(machine_id_)),
      events_(time_, [] { return std::chrono::system_clock::now(); }),
      meter_([](const std::string& path) { return read_file_if_any(path); }) {
  refuse_in_clones();
  if (::geteuid() != 0) refuse_what_takes_root(config_.clones);
  make_runs_directory();
  base_ = BaseStore().lease(config_.clones.base);
  user_ = identity_in_base(config_.clones.user, base_.base.root);
  const SlotPlan plan = plan_slots(machine, config_.clones.workers, wanted_bytes(config_.clones), evidence_from(past));
  refuse_impossible_cores(config_, std::max(machine.cores.size(), plan.slots.size()));
  std::vector<Place> places;
  for (const Slot& slot : plan.slots) places.push_back({slot.cpus, slot.numa});
  allow_open_files(least_open_files + open_files_per_worker * places.size());
  const int spares = spares_that_fit(machine, config_.clones, places);
  const MemoryRequest request{config_.clones.memory_bytes, config_.clones.disk_bytes, free_disk(config_.clones)};
  const CloneMemory memory = memory_for_clone(machine, static_cast<int>(places.size()) + spares, request);
  why_workers_ = plan.why;
  slots_ = static_cast<int>(plan_slots(machine, {}, std::nullopt).slots.size());
  pool_ = std::make_unique<LxcClonePool>(
      io_.get_executor(), pool_settings(config_, base_.base, user_, machine_id_, memory), find_clone_programs());
  context_.reset(new RunContext{io_.get_executor(), time_, *pool_, events_, cancellation_, config_, run_id_,
                                config_.run.seed.value_or(new_seed()), user_, std::move(environment), std::move(places),
                                [this] { return watch_ && watch_->changed(); }});
  context_->room_for_spares = spares > 0;
  context_->pressure = [this] { return meter_.sample(time_.now()); };
  context_->admission = {.workers = context_->workers(),
                         .cores = plan.unwidened,
                         .memory_bytes = usable_memory(machine)};
}

Session::~Session() = default;

void Session::begin_watching() { watch_ = std::make_unique<ProjectWatch>(config_.project_directory); }

LayerPaths Session::layer_paths() const { return {own_places().layers, own_places().runs / machine_id_}; }

std::string Session::lock_directory() const { return own_places().runs / "locks"; }

std::unique_ptr<MachineSlots> Session::take_slots() {
  auto slots = std::make_unique<MachineSlots>(own_places().runs / "slots", machine_id_, context_->workers(), slots_);
  if (slots->share() == 0 && !config_.clones.workers.number)
    throw BusyError(
        fmt::format("all {} slots of this machine are taken, by {} other runs", slots_, slots->others().size()),
        "try again when one has ended; --workers 1 goes on beside them all the same");
  context_->admission.share = [&slots = *slots] { return slots.active(); };
  return slots;
}

RunStarted Session::started(const std::string& command_line) const {
  RunStarted started;
  started.run_id = run_id_;
  started.project = config_.project;
  started.project_directory = config_.project_directory.string();
  started.base = base_.base.name;
  started.user = user_.name;
  started.host = host_name();
  started.command_line = command_line;
  started.version = version_number;
  started.seed = context_->seed;
  started.workers = context_->workers();
  if (config_.run.partitions > 1) {
    started.part = config_.run.partition;
    started.parts = config_.run.partitions;
  }
  started.privileged = config_.clones.privileged;
  started.why_workers = why_workers_;
  return started;
}

}  // namespace sharder
