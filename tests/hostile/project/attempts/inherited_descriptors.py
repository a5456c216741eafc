"""Looks for descriptors and a working directory that it got by mistake.

class: CVE-2024-21626, leaked descriptors
expect: passed
docker: contained since 2024
"""
import os
import stat

import hostile

for name in os.listdir("/proc/self/fd"):
    try:
        target = os.readlink(f"/proc/self/fd/{name}")
        mode = os.fstat(int(name)).st_mode
    except OSError:
        continue  # that of the listing itself
    if int(name) > 2:
        hostile.found(f"descriptor {name} is {target}")
    elif not (stat.S_ISFIFO(mode) or target == "/dev/null"):
        hostile.found(f"standard stream {name} is {target}")
if not os.readlink("/proc/self/cwd").startswith(os.environ["HOSTILE_PROJECT"]):
    hostile.found("a working directory elsewhere: " + os.readlink("/proc/self/cwd"))
for number in range(3, 64):
    hostile.mark(f"/proc/self/fd/{number}/../../../..")
hostile.mark("/proc/self/cwd/../../../../../../..")
hostile.finish()
