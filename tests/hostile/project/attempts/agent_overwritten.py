"""Overwrites the agent's program, by its name, by /proc/1/exe, and by a descriptor of a process that runs it.

class: CVE-2019-5736, overwritten run-time
expect: passed
docker: contained since 2019: the run-time starts from a copy
"""
import os
import subprocess

import hostile

hostile.closed_for_writing("/.agent", "/proc/1/exe")
hostile.closed_for_reading("/proc/1/exe")
with subprocess.Popen(["/.agent", "pty", "1", "1", "--", "/bin/sleep", "0.1"], stdin=subprocess.DEVNULL,
                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
    hostile.closed_for_writing(f"/proc/{process.pid}/exe")
for action in (lambda: os.unlink("/.agent"), lambda: os.rename("/.agent", "/.owned"),
               lambda: os.chmod("/.agent", 0o777), lambda: os.truncate("/.agent", 0)):
    try:
        action()
        hostile.found("the agent's file changes")
    except OSError:
        pass
hostile.finish()
