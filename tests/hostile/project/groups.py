"""Where an attempt can see control groups: what is mounted, and what it can mount itself."""
import contextlib
import os

import hostile

CONTROLLERS = ("memory", "pids", "devices", "cpuset", "cpu", "cpuacct", "freezer", "blkio", "rdma", "net_cls")
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWCGROUP = 0x20000, 0x10000000, 0x2000000


def become_root() -> None:
    """Root of namespaces of its own, where it is not root of the clone's."""
    if hostile.is_root():
        return
    user, group = os.geteuid(), os.getegid()
    hostile.syscall("unshare", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWCGROUP)
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def own_mounts() -> list[str]:
    """Mounts of all hierarchies beneath /tmp: as they are, or in namespaces of its own."""
    with contextlib.suppress(OSError):
        become_root()
    made = []
    for kind, data in [("cgroup2", ""), *(("cgroup", name) for name in CONTROLLERS)]:
        place = f"/tmp/groups-{kind}-{data}"
        os.makedirs(place, exist_ok=True)
        with contextlib.suppress(OSError):
            hostile.syscall("mount", b"groups", place.encode(), kind.encode(), 0, data.encode())
            made.append(place)
    return made


def visible() -> list[str]:
    """Directories of control groups: of each hierarchy the topmost."""
    top = "/sys/fs/cgroup"
    with contextlib.suppress(OSError):
        hostile.syscall("mount", b"none", top.encode(), b"none", 0x1000 | 0x20, b"")  # bind, remount: writable
    hierarchies = [top, *(f"{top}/{name}" for name in os.listdir(top) if os.path.isdir(f"{top}/{name}"))]
    return hierarchies + own_mounts()
