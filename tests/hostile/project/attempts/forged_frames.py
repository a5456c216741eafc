"""Writes the agent's own words, "this execution ended well", to every descriptor that there may be, and then fails.

class: CWE-345, forged protocol
expect: failed
docker: does not apply
"""
import contextlib
import os
import struct
import time

ENDED, EXITED = 5, 0
for identifier in range(8):
    body = struct.pack("<QBiQI", identifier, EXITED, 0, 1, 0)
    for kind in range(1, 16):
        frame = struct.pack("<BBI", kind, 0, len(body)) + body
        for descriptor in range(64):
            with contextlib.suppress(OSError):
                os.set_blocking(descriptor, False)
                os.write(descriptor, frame)
time.sleep(0.1)
os._exit(9)
