"""Loads and removes kernel modules; there is none in what it hands over.

class: CWE-250, modules
expect: passed
docker: contained: refused by the default profile
"""
import os

import hostile

descriptor = os.memfd_create("module")
hostile.door("init_module", lambda: hostile.syscall("init_module", b"", 0, b""))
hostile.door("finit_module", lambda: hostile.syscall("finit_module", descriptor, b"", 0))
hostile.door("delete_module", lambda: hostile.syscall("delete_module", b"there-is-no-such-module", os.O_NONBLOCK))
hostile.finish()
