"""Leaves links where files are collected: to secrets, descriptors, devices and directories above.

class: CVE-2018-15664, link races
expect: passed
docker: open until 2019 for docker cp
"""
import os

import hostile

os.makedirs("out/real", exist_ok=True)
root_only = os.environ["HOSTILE_ROOT_ONLY"]
for name, target in {"shadow": "/etc/shadow", "root-only": root_only, "directory": os.path.dirname(root_only),
                     "fd": "/proc/self/fd", "mem": "/proc/self/mem", "init": "/proc/1/root", "null": "/dev/zero",
                     "up": "..", "self": "self.txt", "mark": "../../mark"}.items():
    os.symlink(target, f"out/{name}.txt")
os.symlink(os.path.dirname(root_only), "linked")
with open("out/real/kept.txt", "w", encoding="ascii") as file:
    file.write("kept")
hostile.finish()
