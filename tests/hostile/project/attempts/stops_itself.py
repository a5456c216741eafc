"""Stops itself, so that it does not even get a SIGTERM.

class: CWE-400, time
expect: timed-out
timeout: 1
docker: open: no time limit
"""
import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
