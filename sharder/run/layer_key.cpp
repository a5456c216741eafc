#include "sharder/run/layer_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "sharder/support/files.hpp"
#include "sharder/support/places.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

/// Two independent FNV-1a sums: against accident, not against malice, since only root writes inputs and cache.
class Hash {
 public:
  void add(std::string_view bytes) {
    for (const char c : bytes) step(static_cast<unsigned char>(c));
    step(0x100);  // ends each piece, so that "ab","c" and "a","bc" differ
  }
  std::string text() const { return fmt::format("{:016x}{:016x}", first_, second_); }

 private:
  void step(std::uint64_t value) {
    first_ = (first_ ^ value) * 0x100000001B3ULL;
    second_ = (second_ + value) * 0x9E3779B97F4A7C15ULL;
    second_ ^= second_ >> 29;
  }
  std::uint64_t first_ = 0xCBF29CE484222325ULL, second_ = 0x84222325CBF29CE4ULL;
};

std::vector<fs::path> input_files(const RunContext& context) {
  const fs::path& project = context.config.project_directory;
  std::vector<fs::path> files;
  std::error_code ignored;
  for (fs::recursive_directory_iterator entry(project, ignored), end; entry != end; entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory(ignored) && (name == ".git" || name == ".sharder")) entry.disable_recursion_pending();
    if (!entry->is_regular_file(ignored)) continue;
    const std::string relative = entry->path().lexically_relative(project).string();
    const auto& inputs = context.config.clones.setup.inputs;
    if (std::any_of(inputs.begin(), inputs.end(),
                    [&](const std::string& glob) { return glob_matches(glob, relative); }))
      files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string layer_key(const RunContext& context) {
  const ClonesConfig& clones = context.config.clones;
  Hash hash;
  hash.add("layer 1");
  for (const std::string& part :
       {clones.base, context.config.project_directory.string(), context.user.name, clones.storage})
    hash.add(part);
  for (const std::string& glob : clones.hide) hash.add(glob);
  for (const MountConfig& mount : clones.mounts) hash.add(mount.source + "\n" + mount.target + "\n" + mount.mode);
  if (clones.privileged) hash.add("privileged");
  if (clones.base == "host") hash.add(read_file_if_any("/var/lib/dpkg/status").value_or(""));
  else hash.add(read_file_if_any(own_places().bases / clones.base / "base.json").value_or(""));
  for (const auto* commands : {&clones.setup.commands, &clones.start.commands})
    for (const std::string& command : *commands) hash.add(command);
  for (const fs::path& file : input_files(context)) {
    hash.add(file.string());
    hash.add(fmt::format("{:o}", static_cast<unsigned>(fs::status(file).permissions())));
    hash.add(read_file_if_any(file).value_or(""));
  }
  return hash.text();
}

}  // namespace sharder
