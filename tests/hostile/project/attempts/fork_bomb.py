"""Every child forks, too, for ever: nothing that walks a list of processes can keep up.

class: CWE-400, fork bomb
expect: timed-out, maybe leaks
timeout: 1
docker: open: no limit without --pids-limit; the machine runs out of process ids
"""
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
