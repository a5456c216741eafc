"""Opens files by handles instead of names, as the attack called Shocker did: what is hidden has a handle, too.

class: CVE-2014-3519 and kin, open_by_handle_at
expect: passed
docker: contained: refused without CAP_DAC_READ_SEARCH
"""
import ctypes
import os
import struct

import hostile

root_handle = struct.pack("<IiII", 8, 1, 2, 0)  # inode 2, the root of an ext4
for place in ("/", "/etc", os.getcwd(), "/tmp"):
    descriptor = os.open(place, os.O_RDONLY)
    for handle in (root_handle, struct.pack("<IiII", 8, 1, 32, 0), bytes(struct.pack("<Ii", 128, 0xFB)) + bytes(128)):
        hostile.door(f"a handle in {place}", lambda d=descriptor, h=handle: hostile.syscall(
            "open_by_handle_at", d, ctypes.create_string_buffer(h), os.O_RDONLY))
hostile.finish()
