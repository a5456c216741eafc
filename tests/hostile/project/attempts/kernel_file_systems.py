"""Mounts what shows the kernel's inside or a disk.

class: CWE-284, mounts
expect: passed
docker: contained: mount needs CAP_SYS_ADMIN
"""
import contextlib
import os

import groups
import hostile

KINDS = ("debugfs", "tracefs", "securityfs", "configfs", "efivarfs", "pstore", "nfsd", "devtmpfs", "rpc_pipefs",
         "selinuxfs")


# Read-only, and without what a journal would have to say.
DISKS = {"ext4": "noload", "xfs": "norecovery", "erofs": "", "vfat": ""}


def mount(source: str, kind: str, options: str = "") -> int:
    return hostile.syscall("mount", source.encode(), b"/tmp", kind.encode(), 1, options.encode())


def disks() -> list[str]:
    return [f"/dev/{name}" for name in os.listdir("/sys/class/block")]


with contextlib.suppress(OSError):
    groups.become_root()
for kind in KINDS:
    hostile.door(f"a mount of {kind}", lambda kind=kind: mount("none", kind))
for disk in disks():
    for kind, options in DISKS.items():
        hostile.door(f"a mount of {disk}", lambda disk=disk, kind=kind, options=options: mount(disk, kind, options))
hostile.finish()
