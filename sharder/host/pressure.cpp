#include "sharder/host/pressure.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

// What one event of /proc/vmstat is taken to cost. Coarse: the counters tell how often, not how long.
constexpr double direct_reclaim_seconds = 1e-3;
constexpr double page_from_storage_seconds = 1e-4;

/// USER_HZ, in which /proc/stat counts on every architecture that we run on.
constexpr double ticks_per_second = 100;

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words = split(line, ' ');
  std::erase(words, "");
  return words;
}

}  // namespace

std::optional<double> psi_total(const std::string& text) {
  constexpr std::string_view key = "total=";
  for (const std::string& line : split_lines(text)) {
    if (!line.starts_with("some ")) continue;
    for (const std::string& word : words_of(line))
      if (word.starts_with(key))
        if (const auto microseconds = parse_number(std::string_view(word).substr(key.size())))
          return *microseconds * 1e-6;
  }
  return std::nullopt;
}

std::optional<double> schedstat_waited(const std::string& text) {
  // "cpu0 0 0 switches idle wakeups local running waiting slices": version 15 and later, nanoseconds.
  constexpr std::size_t waiting = 8;
  std::optional<double> seconds;
  for (const std::string& line : split_lines(text)) {
    const std::vector<std::string> words = words_of(line);
    if (!line.starts_with("cpu") || words.size() <= waiting) continue;
    if (const auto nanoseconds = parse_number(words[waiting]))
      seconds = seconds.value_or(0) + *nanoseconds * 1e-9;
  }
  return seconds;
}

std::optional<double> vmstat_waited(const std::string& text) {
  std::optional<double> seconds;
  for (const std::string& line : split_lines(text)) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() != 2) continue;
    const bool reclaim = words[0].starts_with("allocstall");
    // Pages that were dropped and are wanted again; pages read for the first time are no sign of want.
    const bool page = words[0].starts_with("workingset_refault") || words[0] == "pswpin";
    const std::optional<double> count = reclaim || page ? parse_number(words[1]) : std::nullopt;
    if (count)
      seconds = seconds.value_or(0) + *count * (reclaim ? direct_reclaim_seconds : page_from_storage_seconds);
  }
  return seconds;
}

std::optional<double> iowait_total(const std::string& text) {
  constexpr std::size_t iowait = 5;  // cpu user nice system idle iowait
  for (const std::string& line : split_lines(text)) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() <= iowait || words[0] != "cpu") continue;
    if (const auto ticks = parse_number(words[iowait])) return *ticks / ticks_per_second;
  }
  return std::nullopt;
}

PressureMeter::PressureMeter(FileReader read, std::string group)
    : read_(std::move(read)), group_(std::move(group)) {}

PressureCounters PressureMeter::count(const std::string& kind) const {
  using Parser = std::optional<double> (*)(const std::string&);
  struct Source {
    PressureSource source;
    std::string path;
    Parser parse;
  };
  const std::string pressure = kind + ".pressure";
  std::vector<Source> sources;
  if (!group_.empty()) sources.push_back({PressureSource::cgroup_psi, group_ + "/" + pressure, psi_total});
  sources.push_back({PressureSource::machine_psi, "/proc/pressure/" + kind, psi_total});
  if (kind == "cpu") sources.push_back({PressureSource::schedstat, "/proc/schedstat", schedstat_waited});
  if (kind == "memory") sources.push_back({PressureSource::vmstat, "/proc/vmstat", vmstat_waited});
  if (kind == "io") sources.push_back({PressureSource::iowait, "/proc/stat", iowait_total});
  for (const Source& source : sources)
    if (const std::optional<std::string> text = read_(source.path))
      if (const std::optional<double> waited = source.parse(*text)) return {source.source, waited};
  return {};
}

PressureFigure PressureMeter::figure(const std::string& kind, std::optional<Seconds> span) {
  const PressureCounters now = count(kind);
  const PressureCounters before = std::exchange(counters_[kind], now);
  PressureFigure figure{{}, now.source};
  // The run's group may come or go between two samples, and its counters have nothing to do with the
  // machine's.
  if (now.waited && before.waited && now.source == before.source && span && *span > Seconds{0})
    figure.share = std::clamp((*now.waited - *before.waited) / span->count(), 0.0, 1.0);
  return figure;
}

PressureSample PressureMeter::sample(TimePoint now) {
  const std::optional<TimePoint> before = std::exchange(before_, now);
  const std::optional<Seconds> span = before ? std::optional<Seconds>(now - *before) : std::nullopt;
  PressureSample sample;
  sample.cpu = figure("cpu", span);
  sample.memory = figure("memory", span);
  sample.io = figure("io", span);
  const std::string meminfo = read_("/proc/meminfo").value_or("");
  const CgroupLimits limits = read_cgroup_limits(read_);
  const std::uint64_t total = meminfo_field(meminfo, "MemTotal").value_or(0);
  const std::uint64_t available = meminfo_field(meminfo, "MemAvailable").value_or(0);
  sample.memory_total_bytes = std::min(total, limits.memory_limit_bytes.value_or(total));
  sample.memory_available_bytes = std::min(available, limits.memory_available_bytes.value_or(available));
  return sample;
}

}  // namespace sharder
