"""Remounts writable, or takes off, what is read-only or covered.

class: CWE-284, mounts
expect: passed
docker: contained: mount needs CAP_SYS_ADMIN
"""
import contextlib
import os

import groups
import hostile

MS_REMOUNT, MS_BIND, MNT_DETACH = 0x20, 0x1000, 2
with contextlib.suppress(OSError):
    groups.become_root()
with open("/proc/self/mountinfo", encoding="utf-8") as file:
    places = [line.split()[4] for line in file]
for place in places:
    with contextlib.suppress(OSError):
        hostile.syscall("mount", b"none", place.encode(), b"none", MS_REMOUNT | MS_BIND, b"")
hostile.closed_for_writing("/.agent", "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern",
                           "/sys/kernel/uevent_helper")
for place in reversed(places):
    with contextlib.suppress(OSError):
        hostile.syscall("umount2", place.encode(), MNT_DETACH)
secret = os.environ["HOSTILE_SECRET_FILE"]
hostile.closed_for_reading(secret)
hostile.mark()
hostile.finish()
