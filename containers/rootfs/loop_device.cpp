#include "containers/rootfs/loop_device.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "sharder/support/errors.hpp"

namespace sharder::rootfs {
namespace {

/// Somebody else may take a free loop device between our asking for it and our using it.
constexpr int attempts = 50;

}  // namespace

LoopDevice attach_loop_device(const std::string& image, LoopAccess access) {
  const bool read_only = access == LoopAccess::read_only;
  const UniqueFd file(::open(image.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC));
  if (!file) throw SystemError("open " + image, errno);
  const UniqueFd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!control) throw ContainerError("no loop devices: " + error_text(errno), "modprobe loop");
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0) throw SystemError("find a free loop device", errno);
    LoopDevice loop{"/dev/loop" + std::to_string(number), {}};
    loop.device.reset(::open(loop.path.c_str(), O_RDWR | O_CLOEXEC));
    if (!loop.device) throw SystemError("open " + loop.path, errno);
    loop_config configuration{};
    configuration.fd = static_cast<std::uint32_t>(file.get());
    configuration.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (read_only) configuration.info.lo_flags |= LO_FLAGS_READ_ONLY;
    if (::ioctl(loop.device.get(), LOOP_CONFIGURE, &configuration) == 0) return loop;
    if (errno != EBUSY) throw SystemError("set up " + loop.path, errno);
  }
  throw ContainerError("every loop device is taken as soon as it is free");
}

}  // namespace sharder::rootfs
