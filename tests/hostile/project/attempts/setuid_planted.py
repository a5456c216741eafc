"""Leaves programs that run as root wherever it may write, for somebody on the machine to start.

class: CVE-2023-0386 and kin, setuid
expect: passed
docker: open for volumes; the layer's files lie on the machine beneath a directory of root's
"""
import contextlib
import os
import shutil
import struct

import hostile

# A capability set as of version 2, all of them permitted and effective.
ALL_CAPABILITIES = struct.pack("<IIIII", 0x02000001, 0xFFFFFFFF, 0, 0xFFFFFFFF, 0)
name = "planted-" + os.environ["HOSTILE_TOKEN"]
for place in (os.getcwd(), os.getcwd() + "/out", "/tmp", "/dev/shm", "/var/tmp", "/usr/local/bin", "/run/lock",
              os.path.dirname(os.environ["HOSTILE_MARK"])):
    with contextlib.suppress(OSError):
        os.makedirs(place, exist_ok=True)
        shutil.copy("/bin/true", f"{place}/{name}")
        os.chmod(f"{place}/{name}", 0o6755)
        os.setxattr(f"{place}/{name}", "security.capability", ALL_CAPABILITIES)
hostile.finish()
