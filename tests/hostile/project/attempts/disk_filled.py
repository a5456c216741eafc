"""Fills the project, /tmp and /dev/shm to the last byte, one after the other, and leaves them so.

class: CWE-400, disk
expect: passed
docker: open: no limit for the layer; /dev/shm has 64 MB
"""
import errno
import os

import hostile

MOST = 512 << 20  # eight times what the clone may write


def fill(directory: str) -> None:
    block = b"x" * (1 << 20)
    written = 0
    with open(f"{directory}/filling", "wb", buffering=0) as file:
        while written < MOST:
            try:
                written += os.write(file.fileno(), block)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    hostile.found(f"{directory}: {error.strerror} instead of a full disk")
                return
    hostile.found(f"{MOST >> 20} MiB in {directory}")


for place in (os.getcwd(), "/tmp", "/dev/shm"):
    fill(place)
hostile.finish()
