// sharder-launcher: started by sharder with a socket as descriptor 3; of no use to anybody else.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "containers/launcher/enclosure.hpp"
#include "containers/launcher/server.hpp"

int main() {
  constexpr int socket = 3;
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
    std::fputs("sharder-launcher is started by sharder\n", stderr);
    return 2;
  }
  const std::string trouble = sharder::launcher::enter_enclosure();
  sharder::launcher::Server server{sharder::UniqueFd(socket), trouble};
  server.serve();
}
