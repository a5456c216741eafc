"""Writes, renames and removes what it sees of the machine and the project. All of it must be gone with the cell.

class: CWE-668, files
expect: passed
docker: contained but for volumes: a project mounted with -v is the machine's own
"""
import contextlib
import os

import hostile

hostile.mark()
for action in (lambda: os.unlink("honest.py"), lambda: os.rename("attempts", "owned"),
               lambda: os.unlink("/etc/hosts"), lambda: os.rename("/etc/apt", "/etc/owned"),
               lambda: os.unlink("/usr/bin/env"), lambda: os.chmod("/tmp", 0)):
    with contextlib.suppress(OSError):
        action()
with contextlib.suppress(OSError), open("hostile.py", "a", encoding="ascii") as file:
    file.write("raise SystemExit('owned')\n")
for place in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock"):
    with contextlib.suppress(OSError), open(f"{place}/neighbour-owned", "w", encoding="ascii") as file:
        file.write(os.environ["HOSTILE_TOKEN"])
os._exit(0)
