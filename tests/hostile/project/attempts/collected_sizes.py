"""Leaves thousands of files that claim to hold a terabyte each, without using any disk.

class: CWE-400, sparse files
expect: passed
timeout: 20
docker: does not apply
"""
import os

import hostile

os.makedirs("out/huge", exist_ok=True)
for number in range(200):
    with open(f"out/huge/{number}.txt", "wb") as file:
        os.truncate(file.fileno(), 1 << 33)
hostile.finish()
