"""Makes a socket to the machine's hypervisor and its other guests: vsock knows no namespaces. It does not connect.

class: CWE-668, AF_VSOCK
expect: passed
docker: contained since 2022: the default profile refuses AF_VSOCK
"""
import os

import hostile

AF_VSOCK, SOCK_STREAM = 40, 1


def make(family: int) -> None:
    os.close(hostile.syscall("socket", family, SOCK_STREAM, 0))


hostile.door("AF_VSOCK", lambda: make(AF_VSOCK))
hostile.door("AF_VSOCK, in 64 bits", lambda: make(AF_VSOCK | 1 << 32))
hostile.finish()
