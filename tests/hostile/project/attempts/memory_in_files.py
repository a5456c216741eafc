"""Takes memory that belongs to no process: files in memory that only a descriptor keeps.

class: CWE-400, memfd
expect: crashed
docker: open: no limit without --memory
"""
import os

block = b"x" * (1 << 20)
files = [os.memfd_create("hog") for _ in range(8)]
while True:
    for file in files:
        os.write(file, block)
