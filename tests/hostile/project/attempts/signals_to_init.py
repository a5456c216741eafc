"""Sends every signal to PID 1, the agent's part of the clone.

class: CWE-283, signals
expect: passed
docker: contained for SIGKILL and SIGSTOP; other signals reach what runs as PID 1
"""
import contextlib
import os
import signal
import time

for number in range(1, signal.SIGRTMAX + 1):
    with contextlib.suppress(OSError):
        os.kill(1, number)
time.sleep(0.05)
os._exit(0)
