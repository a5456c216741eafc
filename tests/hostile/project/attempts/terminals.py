"""Looks for a terminal whose input it could forge: the caller's, the machine's consoles, other clones' ptys.

class: CVE-2016-7545, TIOCSTI
expect: passed
docker: contained without -t; with it the terminal is the container's own
"""
import fcntl
import os
import termios

import hostile

for descriptor in (0, 1, 2):
    if os.isatty(descriptor):
        hostile.door(f"input of terminal {descriptor}", lambda d=descriptor: fcntl.ioctl(d, termios.TIOCSTI, b"\0"))
hostile.closed_for_writing("/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1", "/dev/ttyS0", "/dev/hvc0", "/dev/vcs",
                           "/dev/vcsa1")
if others := [name for name in os.listdir("/dev/pts") if name != "ptmx"]:
    hostile.found(f"terminals of others: {others}")
hostile.finish()
