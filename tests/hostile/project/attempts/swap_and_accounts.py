"""Swaps to a file that is none, and asks for accounting and quotas.

class: CWE-250, storage
expect: passed
docker: contained: refused by the default profile
"""
import ctypes

import hostile

Q_GETINFO_OF_USERS = 0x800005 << 8
with open("/tmp/swap", "wb") as file:
    file.write(bytes(4096))
hostile.door("swapon", lambda: hostile.syscall("swapon", b"/tmp/swap", 0))
hostile.door("acct", lambda: hostile.syscall("acct", b"/tmp/swap"))
hostile.door("quotactl", lambda: hostile.syscall("quotactl", Q_GETINFO_OF_USERS, b"/dev/vda", 0,
                                                 ctypes.create_string_buffer(256)))
hostile.finish()
