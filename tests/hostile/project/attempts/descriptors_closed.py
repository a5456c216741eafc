"""Closes every descriptor that it has, and goes on.

class: robustness
expect: passed
docker: contained
"""
import os
import time

os.closerange(0, 4096)
time.sleep(0.05)
os._exit(0)
