"""Asks to handle page faults of the kernel itself: the tool by which races are won.

class: CWE-362, userfaultfd
expect: passed
docker: contained: refused by the default profile
"""
import os

import hostile

hostile.door("userfaultfd", lambda: hostile.syscall("userfaultfd", os.O_CLOEXEC))
hostile.door("/dev/userfaultfd", lambda: os.open("/dev/userfaultfd", os.O_RDWR))
hostile.finish()
