"""Hands over another kernel to be started; the one that it hands over is empty and of no architecture.

class: CWE-250, kexec
expect: passed
docker: contained: refused by the default profile
"""
import os

import hostile

descriptor = os.memfd_create("kernel")
hostile.door("kexec_load", lambda: hostile.syscall("kexec_load", 0, 0, None, 0xFFFF0000))
hostile.door("kexec_file_load", lambda: hostile.syscall("kexec_file_load", descriptor, -1, 1, b"", 0))
hostile.finish()
