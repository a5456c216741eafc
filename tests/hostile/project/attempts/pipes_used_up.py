"""Makes pipes as large as it may and keeps them: a budget that users of one id share (fs.pipe-user-pages-soft).

class: CWE-400, per-user budgets
expect: passed
docker: open: containers without user namespaces share the budget of one id
"""
import contextlib
import fcntl
import os
import time

import hostile

pipes = []
with contextlib.suppress(OSError):
    for _ in range(500):
        pipes.append(os.pipe())
        fcntl.fcntl(pipes[-1][1], fcntl.F_SETPIPE_SZ, 1 << 20)
time.sleep(0.3)  # for the neighbours to notice
hostile.finish()
