"""Connects to every socket that lies in the file system, Docker's and D-Bus's first.

class: CWE-284, host sockets
expect: passed
docker: contained unless mounted with -v
"""
import os
import socket
import stat

import hostile

PLACES = ("/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run/containerd/containerd.sock",
          "/run/systemd/private", "/run/systemd/journal/socket", "/dev/log", os.environ["HOSTILE_SOCKET"])
found = [path for path in PLACES if os.path.exists(path)]
for top in ("/run", "/var/run", "/tmp", "/var/lib"):
    for directory, _, names in os.walk(top):
        for name in names:
            path = f"{directory}/{name}"
            if os.path.exists(path) and stat.S_ISSOCK(os.stat(path).st_mode):
                found.append(path)
for path in found:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        with socket.socket(socket.AF_UNIX, kind) as client:
            try:
                client.connect(path)
                hostile.found(f"{path} answers")
            except OSError:
                pass
hostile.finish()
