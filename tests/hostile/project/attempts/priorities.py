"""Asks for more than its share of the CPUs and disks.

class: CWE-400, priorities
expect: passed
docker: contained: refused without CAP_SYS_NICE
"""
import os
import resource

import hostile

REAL_TIME_CLASS = 1 << 13


def locked_memory() -> None:
    try:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except ValueError as error:
        raise PermissionError(1, str(error)) from error


def favoured_session() -> None:
    with open("/proc/self/autogroup", "w", encoding="ascii") as file:
        file.write("-1")


hostile.door("a favoured session", favoured_session)
hostile.door("nice -20", lambda: os.setpriority(os.PRIO_PROCESS, 0, -20))
hostile.door("a real-time priority", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
hostile.door("real-time input and output", lambda: hostile.syscall("ioprio_set", 1, 0, REAL_TIME_CLASS))
if resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] != resource.RLIM_INFINITY:
    hostile.door("more locked memory", locked_memory)
hostile.finish()
