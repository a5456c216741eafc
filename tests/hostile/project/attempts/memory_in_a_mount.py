"""Fills a tmpfs of its own, mounted in a user namespace of its own: its size is half of the machine's memory.

class: CWE-400, tmpfs
expect: crashed
docker: contained: the default profile refuses mount and unshare
"""
import os

import groups
import hostile

groups.become_root()
hostile.syscall("mount", b"hog", b"/tmp", b"tmpfs", 0, b"size=90%")
block = b"x" * (1 << 20)
with open("/tmp/hog", "wb", buffering=0) as file:
    while True:
        os.write(file.fileno(), block)
