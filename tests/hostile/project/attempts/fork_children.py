"""Forks until it is refused and leaves every child alive.

class: CWE-400, processes
expect: passed, leaks
docker: open: no limit without --pids-limit; the children die with the container
"""
import os
import signal

import hostile

try:
    for _ in range(20_000):
        if os.fork() == 0:
            while True:
                signal.pause()
    hostile.found("20,000 processes")
except BlockingIOError:
    pass
hostile.finish()
