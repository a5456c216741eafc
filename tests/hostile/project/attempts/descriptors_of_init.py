"""Takes PID 1's descriptors: its channel would let a test write reports of its own.

class: CWE-284, pidfd_getfd and /proc/1/fd
expect: passed
docker: contained as a user; root may, of what runs as PID 1
"""
import os

import hostile

process = hostile.syscall("pidfd_open", 1, 0)
for number in range(64):
    hostile.door(f"descriptor {number}", lambda number=number: hostile.syscall("pidfd_getfd", process, number, 0))
hostile.door("/proc/1/fd", lambda: os.listdir("/proc/1/fd"))
hostile.door("/proc/1/fdinfo/20", lambda: os.open("/proc/1/fdinfo/20", os.O_RDONLY))
hostile.finish()
