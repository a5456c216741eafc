"""Opens everything in /proc/sys for writing. Only what the clone has for itself may open.

class: CWE-284, /proc/sys
expect: passed
docker: contained: /proc/sys is read-only
"""
import os

import hostile

# Settings that belong to a namespace which the clone has of its own.
OWN = ("/proc/sys/net/", "/proc/sys/user/", "/proc/sys/fs/mqueue/", "/proc/sys/kernel/hostname",
       "/proc/sys/kernel/domainname", "/proc/sys/kernel/shm", "/proc/sys/kernel/msg", "/proc/sys/kernel/sem",
       "/proc/sys/kernel/auto_msgmni", "/proc/sys/kernel/ns_last_pid", "/proc/sys/fs/binfmt_misc",
       "/proc/sys/kernel/pid_max")
for directory, _, names in os.walk("/proc/sys"):
    paths = [f"{directory}/{name}" for name in names]
    hostile.closed_for_writing(*(path for path in paths if not path.startswith(OWN)))
hostile.finish()
