"""Counts what all processes of a CPU do, and what the kernel does: that tells of neighbours.

class: CVE-2013-2094, perf_event_open
expect: passed
docker: contained: refused without CAP_PERFMON
"""
import ctypes
import struct

import hostile

SOFTWARE, CPU_CLOCK, TRACEPOINT, SIZE = 1, 0, 2, 128


def count(kind: int, config: int, process: int, cpu: int) -> int:
    attributes = ctypes.create_string_buffer(struct.pack("<IIQ", kind, SIZE, config).ljust(SIZE, b"\0"))
    return hostile.syscall("perf_event_open", attributes, process, cpu, -1, 0)


hostile.door("events of all processes", lambda: count(SOFTWARE, CPU_CLOCK, -1, 0))
hostile.door("events of all processes, in 32 bits", lambda: count(SOFTWARE, CPU_CLOCK, 0xFFFFFFFF, 0))
hostile.door("trace points", lambda: count(TRACEPOINT, 1, -1, 0))
hostile.finish()
