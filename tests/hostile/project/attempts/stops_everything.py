"""Stops whatever it may.

class: CWE-283, signals
expect: passed
docker: contained: what is in the container stops
"""
import contextlib
import os
import signal

with contextlib.suppress(ProcessLookupError, PermissionError):
    os.kill(-1, signal.SIGSTOP)
os._exit(0)
