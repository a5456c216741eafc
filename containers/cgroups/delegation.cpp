#include "containers/cgroups/delegation.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "containers/cgroups/room.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder::cgroups {
namespace {

void make_group(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST)
    throw SystemError("make the control group " + directory, errno);
}

}  // namespace

std::string make_limited_group(const Hierarchy& tree, const std::string& group, const std::vector<Setting>& limits) {
  const std::string run = tree.directory + "/" + group.substr(0, group.find('/')),
                    directory = tree.directory + "/" + group;
  make_group(run);
  hand_on_controllers(tree, run);
  make_group(directory);
  for (const Setting& limit : limits) {
    const std::string path = directory + "/" + limit.file;
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file || ::write(file.get(), limit.value.data(), limit.value.size()) < 0)
      throw SystemError("write " + limit.value + " to " + path, errno);
  }
  return directory;
}

}  // namespace sharder::cgroups
