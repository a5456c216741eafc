"""Opens devices that reach beyond the clone: FUSE, virtual machines, tunnels, disks, graphics, input.

class: CWE-284, devices
expect: passed
docker: contained: not in /dev
"""
import os
import stat

import hostile

KNOWN = {(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2)}
hostile.closed_for_reading("/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/vhost-net", "/dev/vhost-vsock", "/dev/vsock",
                           "/dev/btrfs-control", "/dev/uinput", "/dev/userfaultfd",
                           "/dev/dri/card0", "/dev/input/event0", "/dev/cpu_dma_latency", "/dev/hwrng")
for directory, _, names in os.walk("/dev"):
    for name in names:
        status = os.stat(f"{directory}/{name}", follow_symlinks=False)
        device = (os.major(status.st_rdev), os.minor(status.st_rdev))
        strange = stat.S_ISCHR(status.st_mode) and device not in KNOWN and device[0] != 136
        if stat.S_ISBLK(status.st_mode) or strange:
            hostile.found(f"{directory}/{name} is there")  # not opened: that alone would start a watchdog
hostile.finish()
