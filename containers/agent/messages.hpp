// What supervisor, launcher and agent say to each other: plain values and their encoding, nothing that acts.
// A decoder gives nothing when a body is not exactly what its encoder writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "containers/agent/protocol.hpp"

namespace sharder::wire {

/// Bounds on what an agent may report; longer lists are cut by the sender and refused by the receiver.
inline constexpr std::size_t max_leaks = 64;
inline constexpr std::size_t max_leak_text = 256;
inline constexpr std::size_t max_message = 4096;

struct File {
  std::string path, content;
  std::uint32_t mode = 0644;
};

struct Person {
  std::uint32_t uid = 0, gid = 0;
  std::vector<std::uint32_t> groups;
};

/// Which of our descriptors come with a Run, in this order, before those of the cell's mounts.
enum class Stream : std::uint8_t { output = 1, error = 2, input = 4, result = 8, collect = 16 };

/// Where a detached mount goes in a cell; its descriptor comes with the frame.
struct Piece {
  std::string target;
};

struct Run {
  enum class Role : std::uint8_t { test, service, helper };
  std::uint64_t id = 0;
  Role role = Role::test;
  std::vector<std::string> command, environment;
  std::string directory;
  Person person;
  bool cell = false, share_run = false;
  bool channels = false;  // the input is descriptor 3 and the result stream descriptor 4 of the process
  std::vector<std::string> share;
  std::vector<File> files;  // names below /run/sharder
  std::string result_file;
  std::string project;  // where `collect` looks
  std::vector<std::string> collect;
  std::uint8_t streams = 0;   // of Stream
  std::vector<Piece> pieces;  // filled in by the keeper

  bool has(Stream stream) const { return (streams & static_cast<std::uint8_t>(stream)) != 0; }
};
std::string encode(const Run& run);
std::optional<Run> decode_run(std::string_view body);

/// Asks for a signal (kill) or for a look at what the last test left (checkpoint; signal 0).
struct Order {
  std::uint64_t id = 0;
  std::int32_t signal = 0;
};
std::string encode(const Order& order);
std::optional<Order> decode_order(std::string_view body);

struct LeakedProcess {
  std::int32_t pid = 0;
  std::string command;
};

/// The agent's account of an execution's end, or of a checkpoint (only id and leaks are set then).
struct AgentReport {
  /// lost: the cell could not be made or its init died; the clone is not to be trusted any more.
  enum class Kind : std::uint8_t { exited, signalled, not_started, lost };
  std::uint64_t id = 0;
  Kind kind = Kind::exited;
  std::int32_t code = 0;
  std::string message;
  std::uint64_t duration_ns = 0;
  std::vector<LeakedProcess> leaks;
};
std::string encode(const AgentReport& report);
std::optional<AgentReport> decode_agent_report(std::string_view body);

/// What the keeper's counters say.
struct Counters {
  std::uint64_t cpu_ns = 0, memory_peak = 0, memory = 0, out_of_memory = 0;
};
/// What the keeper forwards to the supervisor: the agent's report, the counters, the files written.
struct Report {
  AgentReport agent;
  Counters counters;
  std::vector<std::string> wrote;
};
std::string encode(const Report& report);
std::optional<Report> decode_report(std::string_view body);

struct MountOrder {
  enum class Mode : std::uint8_t { read_only, copy_on_write, read_write };
  std::string source, target;
  Mode mode = Mode::read_only;
};

/// Everything that clones of a run have in common.
struct Configure {
  std::string run_id, run_directory, base_root, agent_program;
  std::string project;
  std::vector<std::string> project_hidden, hide;
  std::vector<MountOrder> mounts;
  std::vector<File> extra_files;
  Person user;
  std::string home;
  bool privileged = false, nesting = false, bridge = false, storage_on_disk = false;
  std::uint64_t memory_bytes = 0, disk_bytes = 0;
  std::uint32_t processes = 0, open_files = 0;
};
std::string encode(const Configure& configure);
std::optional<Configure> decode_configure(std::string_view body);

struct MakeClone {
  std::uint32_t number = 0;
  std::string name, cpus;
  std::int32_t memory_node = -1;
  std::vector<std::string> layers;
};
std::string encode(const MakeClone& make);
std::optional<MakeClone> decode_make_clone(std::string_view body);

/// A failure for people. `unfit`: no clone can ever start here.
struct Trouble {
  std::string message, hint;
  bool unfit = false;
};
std::string encode(const Trouble& trouble);
std::optional<Trouble> decode_trouble(std::string_view body);

std::string encode_texts(const std::vector<std::string>& texts);
std::optional<std::vector<std::string>> decode_texts(std::string_view body);

std::string encode_text(std::string_view text);
std::optional<std::string> decode_text(std::string_view body);

}  // namespace sharder::wire
