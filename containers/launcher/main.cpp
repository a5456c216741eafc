// sharder-launcher: started by sharder with a socket as descriptor 3. An ordinary user's enters a user namespace of his
// first. `sharder-launcher --as-base-root COMMAND...` runs a command as root of the namespace that bases are made in.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "containers/agent/channel.hpp"
#include "containers/cgroups/room.hpp"
#include "containers/launcher/enclosure.hpp"
#include "containers/launcher/server.hpp"
#include "containers/rootfs/nesting.hpp"
#include "containers/rootfs/own_namespace.hpp"
#include "sharder/support/errors.hpp"

namespace {

constexpr int socket_descriptor = 3;

int run_as_base_root(char** command) {
  try {
    sharder::rootfs::enter_own_namespace(sharder::rootfs::OwnNamespace::base);
    ::execvp(command[0], command);
    throw sharder::SystemError(std::string("run ") + command[0], errno);
  } catch (const sharder::Error& error) {
    std::fprintf(stderr, "%s%s%s\n", error.what(), error.hint().empty() ? "" : "\n  hint: ", error.hint().c_str());
    return 1;
  }
}

void refuse(const sharder::Error& error) {
  using namespace sharder;
  wire::send_frame(socket_descriptor, wire::FrameType::refused, wire::encode({error.what(), error.hint(), true}));
}

/// Comes back only when it fails, and has told sharder why.
void begin_again_as_root(char** words) {
  using namespace sharder;
  try {
    rootfs::enter_own_namespace(rootfs::OwnNamespace::keepers);
    // A program that is executed as root of the namespace belongs to it: the kernel lets it look at its children.
    ::execv("/proc/self/exe", words);
    throw SystemError("run sharder-launcher again", errno);
  } catch (const Error& error) {
    refuse(error);
  }
}

/// Before the enclosure, from within which those who must step aside cannot be named. False when sharder was told no.
bool make_room_in_groups() {
  using namespace sharder;
  try {
    const cgroups::Hierarchies hierarchies = cgroups::Hierarchies::detect();
    const bool in_clone = rootfs::find_surroundings() == rootfs::Surroundings::nesting_clone;
    if (in_clone || hierarchies.delegated_tree() != nullptr) cgroups::make_room(hierarchies);
    return true;
  } catch (const Error& error) {
    refuse(error);
    return false;
  }
}

}  // namespace

int main(int count, char** words) {
  if (count > 2 && std::strcmp(words[1], "--as-base-root") == 0) return run_as_base_root(words + 2);
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(socket_descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
    std::fputs("sharder-launcher is started by sharder\n", stderr);
    return 2;
  }
  if (::geteuid() != 0) {
    begin_again_as_root(words);
    return 1;
  }
  if (!make_room_in_groups()) return 1;
  const std::string trouble = sharder::launcher::enter_enclosure();
  sharder::launcher::Server server{sharder::UniqueFd(socket_descriptor), trouble};
  server.serve();
}
