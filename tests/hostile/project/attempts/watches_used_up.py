"""Takes all inotify instances (fs.inotify.max_user_instances) and keeps them.

class: CWE-400, per-user budgets
expect: passed
docker: open: containers without user namespaces share the budget of one id
"""
import time

import hostile

instances = [hostile.libc.inotify_init1(0) for _ in range(1000)]
if all(instance >= 0 for instance in instances):
    hostile.found("1,000 inotify instances")
time.sleep(0.3)  # for the neighbours to notice
hostile.finish()
