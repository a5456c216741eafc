"""Makes user namespaces in user namespaces, each with all capabilities, and tries its doors again from there.

class: CVE-2022-0185 and kin, nested namespaces
expect: passed
docker: contained: the default profile refuses unshare
"""
import contextlib
import os
import stat

import hostile

ALL = 0x10000000 | 0x20000 | 0x40000000 | 0x20000000 | 0x4000000 | 0x8000000
with contextlib.suppress(OSError):
    for _ in range(8):
        user, group = os.geteuid(), os.getegid()
        hostile.syscall("unshare", ALL)
        with open("/proc/self/setgroups", "w", encoding="ascii") as file:
            file.write("deny")
        for kind, number in (("uid", user), ("gid", group)):
            with open(f"/proc/self/{kind}_map", "w", encoding="ascii") as file:
                file.write(f"0 {number} 1")
hostile.door("a device node", lambda: os.mknod("/tmp/node", stat.S_IFBLK | 0o666, os.makedev(254, 0)))
hostile.closed_for_writing("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper")
hostile.closed_for_reading("/proc/1/root", os.environ["HOSTILE_SECRET_FILE"], "/etc/shadow.real")
hostile.mark("/proc/1/root")
hostile.finish()
