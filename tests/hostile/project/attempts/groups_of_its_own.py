"""Makes hundreds of control groups below its own, where it may, and leaves itself in one of them.

class: CWE-404, control groups that stay
expect: passed
docker: contained: /sys/fs/cgroup is read-only
"""
import contextlib
import os

import groups
import hostile

for directory in groups.visible():
    with contextlib.suppress(OSError):
        for number in range(300):
            os.mkdir(f"{directory}/left-{number}")
    with contextlib.suppress(OSError), open(f"{directory}/left-0/cgroup.procs", "w", encoding="ascii") as file:
        file.write(str(os.getpid()))
hostile.finish()
