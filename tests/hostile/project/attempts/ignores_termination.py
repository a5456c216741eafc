"""Ignores every signal that can be ignored, and never ends.

class: CWE-400, time
expect: timed-out
timeout: 1
docker: open: no time limit
"""
import signal
import time

for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    time.sleep(1)
