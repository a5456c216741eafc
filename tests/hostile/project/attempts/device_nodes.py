"""Makes device nodes of disks and memory and opens them, and looks for such nodes in the machine's files.

class: CWE-284, mknod
expect: passed
docker: partly: mknod works as root, opening is refused by the device rules
"""
import contextlib
import os
import stat

import hostile

NODES = {(stat.S_IFBLK, 254, 0), (stat.S_IFBLK, 8, 0), (stat.S_IFBLK, 7, 0), (stat.S_IFBLK, 259, 0),
         (stat.S_IFCHR, 1, 1), (stat.S_IFCHR, 1, 11), (stat.S_IFCHR, 4, 1), (stat.S_IFCHR, 10, 229),
         (stat.S_IFCHR, 10, 237)}


def try_nodes(directory: str) -> None:
    for kind, major, minor in NODES:
        path = f"{directory}/node-{kind}-{major}-{minor}"
        with contextlib.suppress(OSError):
            os.mknod(path, kind | 0o666, os.makedev(major, minor))
            hostile.closed_for_reading(path)


for place in ("/tmp", os.getcwd(), "/dev", "/dev/shm"):
    try_nodes(place)
if hostile.is_root():
    with contextlib.suppress(OSError):
        hostile.syscall("mount", b"none", b"/", b"none", 0x1000 | 0x20, b"")  # bind, remount: with devices
    try_nodes("/var/tmp")
    hostile.closed_for_reading(os.environ["HOSTILE_NODE"])
hostile.finish()
