"""Opens release_agent, which the machine's root would run, and notify_on_release.

class: CVE-2022-0492, release_agent
expect: passed
docker: contained: /sys/fs/cgroup is read-only, mount needs CAP_SYS_ADMIN
"""
import groups
import hostile

for directory in groups.visible():
    for place in (directory, f"{directory}/..", f"{directory}/../..", f"{directory}/../../.."):
        hostile.closed_for_writing(f"{place}/release_agent")
hostile.finish()
