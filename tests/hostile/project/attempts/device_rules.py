"""Opens the files that say which devices a control group may use.

class: CWE-284, control groups
expect: passed
docker: contained: /sys/fs/cgroup is read-only
"""
import groups
import hostile

for directory in groups.visible():
    hostile.closed_for_writing(f"{directory}/devices.allow", f"{directory}/devices.deny")
hostile.finish()
