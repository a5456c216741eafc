"""Binds the machine's directories by their devices' names, copies of its own mounts, and /proc/1/root.

class: CVE-2021-30465, mount races
expect: passed
docker: contained: mount needs CAP_SYS_ADMIN
"""
import contextlib
import os

import groups
import hostile

MS_BIND, MS_REC, OPEN_TREE_CLONE, AT_RECURSIVE = 0x1000, 0x4000, 1, 0x8000
with contextlib.suppress(OSError):
    groups.become_root()
os.makedirs("/tmp/bound", exist_ok=True)
secret = os.environ["HOSTILE_SECRET_FILE"]
for source in ("/", "/proc/1/root", "/proc/self/root", "/proc/1/cwd", "/.cell", "/run/sharder", "/var/lib/sharder"):
    with contextlib.suppress(OSError):
        hostile.syscall("mount", source.encode(), b"/tmp/bound", b"none", MS_BIND | MS_REC, b"")
        hostile.mark("/tmp/bound")
        hostile.closed_for_reading("/tmp/bound" + secret)
    with contextlib.suppress(OSError):
        hostile.syscall("open_tree", -100, source.encode(), OPEN_TREE_CLONE | AT_RECURSIVE)
hostile.finish()
