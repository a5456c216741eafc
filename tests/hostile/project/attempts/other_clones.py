"""Looks for other tests' files and processes: marks in places where all may write, and processes not its own.

class: CWE-668, neighbours
expect: passed
docker: contained
"""
import os

import hostile

for place in ("/tmp", "/dev/shm", "/run/lock", "/var/tmp"):
    if names := [name for name in os.listdir(place) if name.startswith("neighbour")]:
        hostile.found(f"{place} holds {names}")
own = os.getpid()
others = [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) not in (1, own)]
if others:
    hostile.found(f"processes {others}")
for number in range(2, 2000):
    if number != own and os.path.exists(f"/proc/{number}/root"):
        hostile.found(f"process {number}")
hostile.door("the judge's process", lambda: os.kill(int(os.environ["HOSTILE_PROCESS"]), 0))
hostile.finish()
