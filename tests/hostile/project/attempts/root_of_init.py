"""Goes through /proc/1/root, cwd and exe to files that are not its own.

class: CWE-22, magic links
expect: passed
docker: contained: they lead to the container's own files
"""
import os

import hostile

for name in ("root", "cwd", "exe"):
    hostile.door(f"/proc/1/{name}", lambda name=name: os.stat(f"/proc/1/{name}"))
hostile.mark("/proc/1/root")
hostile.mark("/proc/1/cwd")
hostile.finish()
