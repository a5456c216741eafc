#include "containers/agent/channel.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sharder::wire {
namespace {

constexpr std::size_t control_bytes = CMSG_SPACE(sizeof(int) * 253);  // SCM_MAX_FD

ssize_t send_bytes(int socket, const char* bytes, std::size_t size, const std::vector<int>& descriptors,
                   int flags) {
  iovec part{const_cast<char*>(bytes), size};  // NOLINT: sendmsg does not write
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[control_bytes];
  if (!descriptors.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
    std::memset(control, 0, message.msg_controllen);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
    std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof(int) * descriptors.size());
  }
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | flags);
  } while (sent < 0 && errno == EINTR);
  return sent;
}

void take(msghdr& message, Assembler& assembler) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      assembler.add_descriptor(fd);
    }
  }
}

}  // namespace

bool send_frame(int socket, FrameType type, const std::string& body, const std::vector<int>& descriptors) {
  if (body.size() > max_frame_bytes || descriptors.size() > max_descriptors) return false;
  const std::string bytes = encode_header(type, descriptors.size(), body.size()) + body;
  std::size_t done = 0;
  while (done < bytes.size()) {
    const std::vector<int> none;
    const ssize_t sent =
        send_bytes(socket, bytes.data() + done, bytes.size() - done, done == 0 ? descriptors : none, 0);
    if (sent < 0) return false;
    done += static_cast<std::size_t>(sent);
  }
  return true;
}

long send_some(int socket, const char* bytes, std::size_t size, const std::vector<int>& descriptors) {
  const ssize_t sent = send_bytes(socket, bytes, size, descriptors, MSG_DONTWAIT);
  if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
  return sent;
}

Received receive_some(int socket, Assembler& assembler, bool take_descriptors, bool wait) {
  char bytes[16384];
  iovec part{bytes, sizeof bytes};
  alignas(cmsghdr) char control[control_bytes];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (take_descriptors) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
  }
  const ssize_t got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
  if (got < 0) {
    const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return later ? Received::nothing : Received::end;
  }
  if (got == 0) return Received::end;
  if (take_descriptors) take(message, assembler);
  assembler.add(std::string_view(bytes, static_cast<std::size_t>(got)));
  return Received::bytes;
}

}  // namespace sharder::wire
