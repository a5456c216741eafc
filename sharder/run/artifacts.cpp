#include "sharder/run/artifacts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {

std::filesystem::path Artifacts::next_directory(int worker) {
  return directory_ / ("worker-" + std::to_string(worker)) / std::to_string(++processes_);
}

bool Artifacts::has_room_for(const Collected& file) {
  if (left_.files == 0 || file.bytes.size() > left_.bytes) return false;
  --left_.files;
  left_.bytes -= file.bytes.size();
  return true;
}

std::string Artifacts::keep(const std::filesystem::path& directory, const Collected& file) {
  if (file.left_out > 0)
    return fmt::format("{} {} left out of {}: one process may leave 10,000 files of together 256 MiB", file.left_out,
                       file.left_out == 1 ? "file was" : "files were", directory.string());
  const std::filesystem::path relative(file.path);
  const bool leads_out = relative.empty() || relative.is_absolute() ||
                         std::any_of(relative.begin(), relative.end(), [](const auto& part) { return part == ".."; });
  if (leads_out) return "refused to keep \"" + file.path + "\": it leads out of the run's directory";
  if (!has_room_for(file))
    return std::exchange(full_, true)
               ? ""
               : "not all that `collect` names is kept: a run may leave a million files of together 16 GiB";
  const std::filesystem::path target = directory / relative;
  std::error_code error;
  std::filesystem::create_directories(target.parent_path(), error);
  if (error) return "make " + target.parent_path().string() + ": " + error.message();
  try {
    write_file(target, file.bytes);
  } catch (const SystemError& trouble) {
    return trouble.what();
  }
  return {};
}

}  // namespace sharder
