"""Opens the files that hold its limits for writing.

class: CWE-284, control groups
expect: passed
docker: contained: /sys/fs/cgroup is read-only
"""
import groups
import hostile

LIMITS = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max", "memory.high", "memory.oom_control",
          "pids.max", "cpuset.cpus", "cpu.max", "cpu.cfs_quota_us", "cgroup.freeze", "cgroup.kill", "freezer.state",
          "cgroup.max.descendants")
for directory in groups.visible():
    hostile.closed_for_writing(*(f"{directory}/{name}" for name in LIMITS))
hostile.finish()
