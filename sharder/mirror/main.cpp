// sharder-mirror: started by `sharder run --events mqtt://...` with a socket as standard input. Publishes the lines
// that it reads there.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "sharder/mirror/publisher.hpp"

int main() {
  try {
    sharder::mirror::Publisher publisher(STDIN_FILENO);
    return publisher.run() ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sharder-mirror: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
