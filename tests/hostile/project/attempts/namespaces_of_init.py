"""Enters the namespaces of PID 1 and those that own or hold its own.

class: CWE-284, setns
expect: passed
docker: contained: setns needs CAP_SYS_ADMIN
"""
import fcntl
import os

import hostile

NS_GET_USERNS, NS_GET_PARENT = 0xB701, 0xB702
KINDS = ("mnt", "user", "pid", "net", "ipc", "uts", "cgroup")


def enter(path: str) -> None:
    hostile.syscall("setns", os.open(path, os.O_RDONLY), 0)


for kind in KINDS:
    hostile.door(f"the {kind} namespace of PID 1", lambda kind=kind: enter(f"/proc/1/ns/{kind}"))
for kind in ("user", "pid"):
    own = os.open(f"/proc/self/ns/{kind}", os.O_RDONLY)
    hostile.door(f"the parent of its {kind} namespace", lambda own=own: fcntl.ioctl(own, NS_GET_PARENT))
above = fcntl.ioctl(os.open("/proc/self/ns/user", os.O_RDONLY), 0xB703)  # NS_GET_NSTYPE, to see that ioctl works
hostile.door("the user namespace above", lambda: fcntl.ioctl(fcntl.ioctl(
    os.open("/proc/self/ns/net", os.O_RDONLY), NS_GET_USERNS), NS_GET_PARENT))
process = hostile.syscall("pidfd_open", 1, 0)
hostile.door("all namespaces by a pidfd", lambda: hostile.syscall("setns", process, 0x20000 | 0x20000000))
hostile.mark()
hostile.finish()
