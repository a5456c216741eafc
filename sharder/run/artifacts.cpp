#include "sharder/run/artifacts.hpp"

#include <algorithm>

#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {

std::filesystem::path Artifacts::next_directory(int worker) {
  return directory_ / ("worker-" + std::to_string(worker)) / std::to_string(++processes_);
}

std::string Artifacts::keep(const std::filesystem::path& directory, const Collected& file) {
  const std::filesystem::path relative(file.path);
  const bool leads_out = relative.empty() || relative.is_absolute() ||
                         std::any_of(relative.begin(), relative.end(), [](const auto& part) { return part == ".."; });
  if (leads_out) return "refused to keep \"" + file.path + "\": it leads out of the run's directory";
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
