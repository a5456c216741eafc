"""Opens the kernel's and the machine's memory for reading.

class: CWE-200, memory devices
expect: passed
docker: contained: masked, or not in /dev
"""
import os
import stat

import hostile

hostile.closed_for_reading("/proc/kcore", "/dev/mem", "/dev/kmem", "/dev/port", "/dev/cpu/0/msr", "/proc/vmallocinfo",
                           "/proc/slabinfo", "/proc/kpagecount", "/proc/timer_list")
for minor in (1, 2, 4):
    hostile.door(f"a memory device 1:{minor}", lambda minor=minor: os.mknod(
        f"/tmp/memory-{minor}", stat.S_IFCHR | 0o666, os.makedev(1, minor)))
with open("/proc/kallsyms", encoding="ascii") as symbols:
    if any(int(line.split()[0], 16) for _, line in zip(range(1000), symbols)):
        hostile.found("addresses of the kernel in /proc/kallsyms")
hostile.finish()
