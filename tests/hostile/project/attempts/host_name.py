"""Changes the host name. Root may change the cell's own; the machine's must stay, and the next test's.

class: CWE-284, host name
expect: passed
docker: contained: refused, or the container's own
"""
import contextlib
import socket

import hostile

with contextlib.suppress(OSError):
    socket.sethostname("owned")
    if not hostile.is_root():
        hostile.found("sethostname")
hostile.finish()
