"""Looks for another interface than loopback, and for the machine's own ports behind it.

class: CWE-668, network
expect: passed
docker: open: a bridge to the machine and whatever it reaches, unless --network=none
"""
import os
import socket

import hostile

if others := [name for _, name in socket.if_nameindex() if name != "lo"]:
    hostile.found(f"interfaces {others}")
with open("/proc/net/route", encoding="ascii") as routes:
    if len(routes.readlines()) > 1:
        hostile.found("a route")
port = int(os.environ["HOSTILE_PORT"])
for address in ("127.0.0.1", "127.0.0.53", "0.0.0.0"):
    with socket.socket() as client:
        client.settimeout(1)
        hostile.door(f"the judge's port at {address}", lambda: client.connect((address, port)))
hostile.finish()
