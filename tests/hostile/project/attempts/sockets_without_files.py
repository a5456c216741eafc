"""Connects to the machine's abstract sockets, and listens under a name that the machine uses.

class: CVE-2020-15257, abstract Unix sockets
expect: passed
docker: contained unless --network=host
"""
import os
import socket

import hostile

name = "\0" + os.environ["HOSTILE_ABSTRACT"]
with socket.socket(socket.AF_UNIX) as client:
    hostile.door("the judge's abstract socket", lambda: client.connect(name))
with open("/proc/net/unix", encoding="utf-8", errors="replace") as table:
    if os.environ["HOSTILE_ABSTRACT"] in table.read():
        hostile.found("/proc/net/unix shows the machine's sockets")
hostile.finish()
