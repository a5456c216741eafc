"""Opens the files by which root asks the kernel for something: sysrq, memory hot-plug, sleep, caches.

class: CWE-284, /proc and /sys
expect: passed
docker: contained: read-only, or not the container's root's
"""
import contextlib
import os

import hostile

if hostile.is_root():
    for path in (b"/sys", b"/proc"):
        with contextlib.suppress(OSError):
            hostile.syscall("mount", b"none", path, b"none", 0x1000 | 0x20, b"")  # bind, remount: writable
hostile.closed_for_writing("/proc/sysrq-trigger", "/proc/sys/vm/drop_caches", "/proc/sys/vm/compact_memory",
                           "/proc/mtrr", "/proc/scsi/scsi", "/sys/power/state", "/sys/kernel/reboot/force")
for top in ("/sys/kernel", "/sys/module", "/sys/power", "/sys/firmware", "/sys/block", "/sys/bus", "/sys/fs"):
    for directory, _, names in os.walk(top):
        if not directory.startswith("/sys/fs/cgroup"):
            hostile.closed_for_writing(*(f"{directory}/{name}" for name in names))
hostile.finish()
