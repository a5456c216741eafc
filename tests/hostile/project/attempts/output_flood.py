"""Writes up to ten gigabytes to its output, as fast as it can, with escape sequences in them.

class: CWE-400, logs
expect: passed
timeout: 50
docker: open: json-file logs have no limit by default
"""
import contextlib
import fcntl
import os
import time

import hostile

GIGABYTE = 10**9
with contextlib.suppress(OSError):
    fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, 1 << 20)
block = (b"\x1b]0;owned\x07" + b"x" * 90) * 10_000
written = 0
end = time.monotonic() + 2  # what a slow machine takes in; a fast one takes all of it
while written < 10 * GIGABYTE and time.monotonic() < end:
    written += os.write(1, block)
hostile.finish()
