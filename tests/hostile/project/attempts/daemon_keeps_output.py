"""Leaves a daemon that keeps the output open and goes on writing to it: who waits for its end waits for ever.

class: CWE-404, processes that stay
expect: passed, leaks
docker: contained: it dies with the container
"""
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            os.write(1, b"still here\n" * 100)
            time.sleep(0.001)
    os._exit(0)
os.wait()
time.sleep(0.05)
os._exit(0)
