"""Takes memory until something gives.

class: CWE-400, memory
expect: crashed
docker: open: no limit without --memory; the machine's own killer chooses
"""
blocks = []
while True:
    blocks.append(b"x" * (4 << 20))
