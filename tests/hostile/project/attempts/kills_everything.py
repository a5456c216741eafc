"""Kills whatever it may.

class: CWE-283, signals
expect: passed
docker: contained: what is in the container dies
"""
import contextlib
import os
import signal

with contextlib.suppress(ProcessLookupError, PermissionError):
    os.kill(-1, signal.SIGKILL)
os._exit(0)
