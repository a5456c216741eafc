"""Sets the machine's clock, to the time that it shows already.

class: CWE-250, time
expect: passed
docker: contained: refused by the default profile
"""
import ctypes
import time

import hostile

ADJ_SETOFFSET, ADJ_TICK = 0x100, 0x4000


def adjust(call: str, *before: int) -> int:
    request = (ctypes.c_long * 32)()
    request[0] = ADJ_TICK  # of the tick 0, which no clock takes
    return hostile.syscall(call, *before, request)


hostile.door("clock_settime", lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()))
hostile.door("settimeofday", lambda: hostile.syscall("settimeofday", None, (ctypes.c_int * 2)(0, 0)))
hostile.door("adjtimex", lambda: adjust("adjtimex"))
hostile.door("clock_adjtime", lambda: adjust("clock_adjtime", 0))
hostile.closed_for_writing("/dev/rtc", "/dev/rtc0")
hostile.finish()
