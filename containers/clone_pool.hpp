// Clones as the engine sees them: obtain one, execute in it, discard it. No liblxc types, no kernel types;
// implemented by LxcClonePool (containers/lxc_clone_pool.hpp) and by FakeClonePool (sharder/simulate).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "containers/collected.hpp"
#include "sharder/model/outcome.hpp"
#include "sharder/support/time_source.hpp"

namespace sharder {

/// Who a process in a clone runs as; ids are the clone's own.
struct Identity {
  std::string name = "root";
  unsigned uid = 0, gid = 0;
  std::vector<unsigned> groups;  // supplementary
  std::string home = "/root", shell = "/bin/sh";
};

/// A file to lie in the clone before its first process runs, in front of the base.
struct ExtraFile {
  std::string path;  // absolute, in the clone
  std::string content;
  unsigned mode = 0644;
};

struct MountSettings {
  enum class Mode { read_only, copy_on_write, read_write };
  std::string source, target;
  Mode mode = Mode::read_only;
};

/// What all clones of a run have in common.
struct ClonePoolSettings {
  std::string run_id;          // unique on this machine; names cgroups, /run/sharder/RUN, clones
  std::string base;            // "host" or the name of a base
  std::string base_root = "/"; // its root directory on the host
  std::string project;         // absolute directory, copy-on-write in every clone
  std::vector<std::string> project_hidden;  // directories beneath it that clones do not see (".sharder")
  std::vector<std::string> hide;            // globs, absolute; hidden even from the clone's root
  std::vector<MountSettings> mounts;
  std::vector<ExtraFile> extra_files;
  Identity user;               // the tests' user; owns the project as clones see it
  bool privileged = false;
  bool nesting = false;
  bool bridge = false;         // network = "bridge"; false: loopback only
  std::uint64_t memory_bytes = 0;  // for a clone's processes; 0: no limit. The cgroup's limit is this + disk_bytes
  std::uint64_t disk_bytes = 0;    // what a clone may write; must be set
  bool storage_on_disk = false;    // storage = "disk": uppers under the run directory instead of a tmpfs
  int processes = 4096;
  int open_files = 4096;
  /// How long the launch server may take over one order before it counts as dead. Unpacking layers, where the kernel
  /// cannot mount them, takes it tens of seconds.
  std::chrono::milliseconds server_patience{90'000};
};

/// Where in the machine a clone runs.
struct Place {
  std::string cpus;      // cpuset list, "" for all
  int memory_node = -1;  // its memory comes from there alone; -1: from all

  bool operator==(const Place&) const = default;
};

struct CloneRequest {
  int worker = 0;
  Place place;
  std::vector<std::string> layers;  // images made by pack_layer, topmost first
};

/// One process to run in a clone, in a cell or not.
struct ExecuteRequest {
  enum class Role {
    test,     // descendants that outlive it are leaks
    service,  // under a holder: what it leaves behind is meant to stay
    helper    // ours (ready checks, listing, setup); no leak is reported, but nothing survives it either
  };
  Role role = Role::test;
  std::vector<std::string> command;  // looked up in PATH of `environment`
  std::string directory;             // absolute, in the clone
  std::vector<std::string> environment;  // "NAME=value", complete
  Identity user;

  bool cell = false;                   // fresh root, processes and IPC
  std::vector<std::string> share;      // with cell: paths bound from the clone instead of reset
  bool share_run = false;              // with cell: the clone's /run and listening sockets are bound too (services)

  bool merge_output = true;   // standard error into the output stream; else it comes apart
  bool feed = false;          // standard input is fed by write(); else /dev/null
  /// Extra channels for adapters: descriptor 3 reads what write() sends (instead of standard input),
  /// descriptor 4 writes Result events.
  bool channels = false;
  /// Files put below /run/sharder/ (world readable) before the start; names without '/'. See files_directory.
  std::vector<ExtraFile> files;
  /// Absolute path in the clone, read when the process has ended and delivered as Result events; at most 64 MiB.
  /// Its directory is files_directory(), writable by `user`.
  std::string result_file;
  std::vector<std::string> collect;  // with cell: globs below the project delivered as Collected events at the end
};

/// Where `files` and a result file lie in the clone, during the execution.
inline constexpr const char* files_directory = "/run/sharder";

/// How a process ended.
struct Termination {
  enum class Kind { exited, signalled, not_started } kind = Kind::exited;
  int code = 0;         // exit status, signal number, or errno
  std::string message;  // for not_started: "exec ./t: no such file or directory"
};

struct OutputBytes {
  std::string bytes;
  bool error_stream = false;  // only when merge_output is false
};
struct ResultBytes {
  std::string bytes;
};
/// The last event of an execution. All output has been delivered before it.
struct Ended {
  Termination termination;
  Seconds duration{0};  // from exec to reap, on the agent's clock: outside the process, and without our set-up
  Usage usage;
  std::vector<Leak> leaks;
  std::vector<std::string> wrote;  // absolute paths, bounded
};
/// The clone is gone (or broken beyond use), and the execution with it. Also a last event.
struct CloneGone {
  std::string reason;
};
using ExecutionEvent = std::variant<OutputBytes, ResultBytes, Collected, Ended, CloneGone>;

/// What checkpoint() tells of the time since the last one.
struct Checkpoint {
  Usage usage;
  std::vector<Leak> leaks;  // killed
  bool clone_gone = false;
};

/// One process that was started in a clone. Destroying it kills the process (and its cell) if it still runs.
class Execution {
 public:
  virtual ~Execution() = default;
  /// The next event, or nothing at `deadline`. After Ended or CloneGone it must not be called again.
  virtual boost::asio::awaitable<std::optional<ExecutionEvent>> next(TimePoint deadline) = 0;
  /// Queues bytes for the process; never blocks, never fails (a process that does not read ends by itself).
  virtual void write(std::string bytes) = 0;
  virtual void close_input() = 0;
  /// Sends a signal to the process and, for SIGKILL, to everything in its cell or descending from it.
  virtual void kill(int signal) = 0;
  /// For a process that runs several tests: names and kills what the last test left, reads the counters.
  virtual boost::asio::awaitable<Checkpoint> checkpoint() = 0;
};

/// A running container that belongs to one worker. Destroying it discards it, without waiting.
class Clone {
 public:
  virtual ~Clone() = default;
  virtual const std::string& name() const = 0;
  virtual bool gone() const = 0;  // it died; every call below would throw ContainerError
  virtual std::string why_gone() const = 0;
  /// Starts a process. Throws ContainerError when the clone is gone; a command that cannot be started is an
  /// Ended event with not_started.
  virtual boost::asio::awaitable<std::unique_ptr<Execution>> execute(ExecuteRequest request) = 0;
  /// Packs everything written in the clone so far into a layer image at `path` on the host.
  virtual boost::asio::awaitable<void> pack_layer(std::string path) = 0;
};

class ClonePool {
 public:
  virtual ~ClonePool() = default;
  /// Starts a clone and waits for its agent. Throws ContainerError; UnfitError when no clone can ever start here.
  virtual boost::asio::awaitable<std::unique_ptr<Clone>> obtain(CloneRequest request) = 0;
  /// Waits until every discarded clone is gone from the machine and removes what the run kept in /run/sharder.
  virtual boost::asio::awaitable<void> close() = 0;
  /// What a person should know of the clones of this run (a file system that they do not see); after the first
  /// obtain().
  virtual std::vector<std::string> notices() const { return {}; }
};

}  // namespace sharder
