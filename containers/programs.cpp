#include "containers/programs.hpp"

#include <system_error>
#include <vector>

#include "sharder/support/errors.hpp"

namespace sharder {

namespace {

std::filesystem::path own_program() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
}

std::vector<std::filesystem::path> directories() {
  const std::filesystem::path here = own_program().parent_path();
  return {here, here / "../libexec/sharder", here / "../lib/sharder", "/usr/libexec/sharder", "/usr/lib/sharder"};
}

}  // namespace

ClonePrograms find_clone_programs() {
  std::error_code error;
  for (const std::filesystem::path& directory : directories()) {
    const ClonePrograms found{directory / "sharder-launcher", directory / "sharder-agent"};
    if (std::filesystem::exists(found.launcher, error) && std::filesystem::exists(found.agent, error))
      return {std::filesystem::canonical(found.launcher, error),
              std::filesystem::canonical(found.agent, error)};
  }
  throw UnfitError("sharder-launcher and sharder-agent are not installed beside " + own_program().string(),
                   "cmake --install the build directory, or run sharder from it");
}

std::optional<std::filesystem::path> find_mirror_program() {
  std::error_code error;
  for (const std::filesystem::path& directory : directories())
    if (const std::filesystem::path program = directory / "sharder-mirror"; std::filesystem::exists(program, error))
      return std::filesystem::canonical(program, error);
  return std::nullopt;
}

}  // namespace sharder
