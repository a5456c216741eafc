"""Moves itself to another control group, by every mounted hierarchy and by mounts of its own.

class: CVE-2022-0492, control groups
expect: passed
docker: contained: /sys/fs/cgroup is read-only, mount needs CAP_SYS_ADMIN
"""
import contextlib
import os

import groups
import hostile


def limits() -> str:
    with open("/proc/self/cgroup", encoding="ascii") as file:
        return file.read()


before = limits()
for directory in groups.visible():
    for name in ("cgroup.procs", "tasks", "cgroup.threads"):
        with contextlib.suppress(OSError), open(f"{directory}/../{name}", "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
if "/.." in limits() or (limits() != before and not hostile.is_root()):
    hostile.found(f"it is in {limits()}")
hostile.finish()
