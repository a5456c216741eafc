"""Becomes a daemon: two forks, a session of its own, and all signals ignored.

class: CWE-404, processes that stay
expect: passed, leaks
docker: contained: it dies with the container, unnamed
"""
import os
import signal
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        os.closerange(0, 64)
        time.sleep(1000)
    os._exit(0)
os.wait()
os._exit(0)
