"""Makes empty files and deep directories until there are no inodes left.

class: CWE-400, inodes
expect: passed
timeout: 20
docker: open: the machine's inodes
"""
import os

import hostile

os.makedirs("/tmp/many")
os.chdir("/tmp/many")
try:
    for _ in range(3000):
        os.mkdir("d")
        os.chdir("d")
    for number in range(400_000):
        os.close(os.open(str(number), os.O_CREAT | os.O_WRONLY))
    hostile.found("400,000 files")
except OSError:
    pass
hostile.finish()
