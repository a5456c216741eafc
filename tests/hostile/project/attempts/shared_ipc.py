"""Looks for System V segments and message queues that the judge left on the machine.

class: CWE-668, IPC
expect: passed
docker: contained unless --ipc=host
"""
import os

import hostile

key = int(os.environ["HOSTILE_SEGMENT"])
for kind in ("shm", "sem", "msg"):
    with open(f"/proc/sysvipc/{kind}", encoding="ascii") as table:
        if len(table.readlines()) > 1:
            hostile.found(f"System V {kind} of others")
hostile.libc.shmget.restype = int
if hostile.libc.shmget(key, 0, 0) >= 0:
    hostile.found("the judge's segment")
if names := os.listdir("/dev/mqueue"):
    hostile.found(f"message queues {names}")
hostile.finish()
