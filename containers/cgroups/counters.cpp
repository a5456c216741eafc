#include "containers/cgroups/counters.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>

#include "sharder/support/text.hpp"

namespace sharder::cgroups {
namespace {

UniqueFd open_counter(const Hierarchies& hierarchies, const char* controller, const std::string& group,
                      const char* file_v1, const char* file_v2, int flags) {
  const Hierarchy* hierarchy = hierarchies.find(controller);
  if (hierarchy == nullptr) return {};
  const std::string path =
      hierarchy->directory + "/" + group + "/" + (hierarchy->version == 2 ? file_v2 : file_v1);
  UniqueFd file(::open(path.c_str(), flags | O_CLOEXEC));
  if (!file && flags == O_RDWR) file.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file;
}

std::string content_of(const UniqueFd& file) {
  char buffer[8192];
  const ssize_t got = file ? ::pread(file.get(), buffer, sizeof buffer, 0) : 0;
  return {buffer, got > 0 ? static_cast<std::size_t>(got) : 0};
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t value = 0;
  text = trim(text);
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::uint64_t value_of(std::string_view content, std::string_view key) {
  for (std::size_t start = 0; start < content.size();) {
    const std::size_t end = std::min(content.find('\n', start), content.size());
    const std::string_view line = content.substr(start, end - start);
    if (line.size() > key.size() && line.substr(0, key.size()) == key && line[key.size()] == ' ')
      return number_of(line.substr(key.size() + 1));
    start = end + 1;
  }
  return 0;
}

Counters::Counters(const Hierarchies& hierarchies, const std::string& group) {
  const Hierarchy* memory = hierarchies.find("memory");
  version_ = memory == nullptr ? 1 : memory->version;
  // v2 counts processor time in every group, whether or not the controller is enabled.
  cpu_ = open_counter(hierarchies, hierarchies.find("cpuacct") != nullptr ? "cpuacct" : "cpu", group,
                      "cpuacct.usage", "cpu.stat", O_RDONLY);
  peak_ = open_counter(hierarchies, "memory", group, "memory.max_usage_in_bytes", "memory.peak", O_RDWR);
  memory_ = open_counter(hierarchies, "memory", group, "memory.stat", "memory.stat", O_RDONLY);
  events_ = open_counter(hierarchies, "memory", group, "memory.oom_control", "memory.events", O_RDONLY);
}

Sample Counters::read_start() const {
  Sample sample;
  const std::string cpu = content_of(cpu_);
  sample.cpu_ns =
      cpu.find("usage_usec") != std::string::npos ? value_of(cpu, "usage_usec") * 1000 : number_of(cpu);
  sample.out_of_memory = value_of(content_of(events_), "oom_kill");
  return sample;
}

Sample Counters::read() const {
  Sample sample = read_start();
  sample.memory_peak_bytes = number_of(content_of(peak_));
  const std::string memory = content_of(memory_);
  sample.memory_bytes = version_ == 2 ? value_of(memory, "anon") + value_of(memory, "shmem")
                                      : value_of(memory, "total_rss") + value_of(memory, "total_shmem");
  return sample;
}

void Counters::reset_peak() {
  // v1 takes any number, v2 (since Linux 6.12) any text and counts from now on for this descriptor. Before,
  // it counts from the clone's start, which says nothing of one test.
  if (peak_ && ::pwrite(peak_.get(), "0\n", 2, 0) != 2) peak_.reset();
}

}  // namespace sharder::cgroups
