"""Opens core_pattern and the other names of programs that the kernel runs as the machine's root.

class: CVE-2015-1318, core_pattern and usermode helpers
expect: passed
docker: contained: /proc/sys is read-only
"""
import contextlib

import hostile

if hostile.is_root():
    with contextlib.suppress(OSError):
        hostile.syscall("mount", b"none", b"/proc/sys", b"none", 0x1000 | 0x20, b"")  # bind, remount: writable
hostile.closed_for_writing(
    "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/hotplug",
    "/proc/sys/kernel/poweroff_cmd", "/proc/sys/kernel/usermodehelper/bset",
    "/proc/sys/kernel/usermodehelper/inheritable", "/sys/kernel/uevent_helper", "/proc/sys/fs/binfmt_misc/register")
hostile.finish()
