"""Asks for a loop device, which would show a file as a disk.

class: CWE-284, devices
expect: passed
docker: contained: not in /dev, refused by the device rules
"""
import contextlib
import os
import stat

import hostile

with contextlib.suppress(OSError):
    os.mknod("/tmp/loop-control", stat.S_IFCHR | 0o666, os.makedev(10, 237))
for path in ("/dev/loop-control", "/dev/loop0", "/tmp/loop-control"):
    hostile.closed_for_reading(path)
hostile.finish()
