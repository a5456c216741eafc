#include "sharder/cli/merge_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "sharder/report/log_files.hpp"
#include "sharder/run/artifacts.hpp"
#include "sharder/support/beneath.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

/// `output` of [run] is a MiB, and what the framework tells besides is bounded too.
constexpr std::size_t most_log_bytes = 64u << 20;

/// Copies all but what is over `most`. Returns how much it was, or -1 and errno.
std::int64_t copy_file(const UniqueFd& from, const fs::path& path, std::uint64_t most) {
  const UniqueFd to(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!to) return -1;
  std::uint64_t copied = 0;
  while (copied < most) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(most - copied, 1u << 30));
    const ssize_t count = ::copy_file_range(from.get(), nullptr, to.get(), nullptr, wanted, 0);
    if (count < 0) return -1;
    if (count == 0) break;
    copied += static_cast<std::uint64_t>(count);
  }
  return static_cast<std::int64_t>(copied);
}

/// Copies the artifacts of one run.
class Copy {
 public:
  Copy(fs::path from, fs::path to) : from_(std::move(from)), to_(std::move(to)) {}

  std::vector<std::string> operator()() {
    std::error_code error;
    fs::recursive_directory_iterator entry(from_, error);
    if (error) return {};  // it collected nothing
    for (const fs::recursive_directory_iterator end; entry != end && left_.files > 0; entry.increment(error)) {
      if (entry->symlink_status(error).type() == fs::file_type::regular) copy(entry->path().lexically_relative(from_));
    }
    if (error) troubles_.push_back(fmt::format("read {}: {}", from_.string(), error.message()));
    if (left_.files == 0 || left_.bytes == 0)
      troubles_.push_back(fmt::format("not all of {} was copied: no run leaves so much", from_.string()));
    return std::move(troubles_);
  }

 private:
  void copy(const fs::path& name) {
    const fs::path target = to_ / name;
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    const UniqueFd file = open_beneath(from_, name.string());
    const std::int64_t bytes = file ? copy_file(file, target, left_.bytes) : -1;
    --left_.files;
    if (bytes >= 0) left_.bytes -= static_cast<std::uint64_t>(bytes);
    else
      troubles_.push_back(
          fmt::format("copy {} to {}: {}", (from_ / name).string(), target.string(), error_text(errno)));
  }

  fs::path from_, to_;
  ArtifactLimits left_;
  std::vector<std::string> troubles_;
};

}  // namespace

std::string output_of(const SourceRun& source, const std::string& test, int attempt) {
  for (const RunFiles& files : source.files) {
    if (files.directory.empty()) continue;
    const auto before = files.attempts_before.find(test);
    const int number = attempt + (before == files.attempts_before.end() ? 0 : before->second);
    if (auto output = read_beneath(files.directory, log_path(test, number), most_log_bytes)) return std::move(*output);
  }
  return {};
}

std::vector<std::string> copy_artifacts(const SourceRun& source, const fs::path& target) {
  for (const RunFiles& files : source.files)
    if (std::error_code error; !files.directory.empty() && fs::is_directory(files.artifacts, error))
      return Copy(files.artifacts, target / source.started.run_id)();
  return {};
}

}  // namespace sharder
