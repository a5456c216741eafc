#include "containers/programs.hpp"

#include <system_error>

#include "sharder/support/errors.hpp"

namespace sharder {

ClonePrograms find_clone_programs() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path here = self.parent_path();
  for (const std::filesystem::path& directory :
       {here, here / "../libexec/sharder", here / "../lib/sharder",
        std::filesystem::path("/usr/libexec/sharder"), std::filesystem::path("/usr/lib/sharder")}) {
    const ClonePrograms found{directory / "sharder-launcher", directory / "sharder-agent"};
    if (std::filesystem::exists(found.launcher, error) && std::filesystem::exists(found.agent, error))
      return {std::filesystem::canonical(found.launcher, error),
              std::filesystem::canonical(found.agent, error)};
  }
  throw UnfitError("sharder-launcher and sharder-agent are not installed beside " + self.string(),
                   "cmake --install the build directory, or run sharder from it");
}

}  // namespace sharder
