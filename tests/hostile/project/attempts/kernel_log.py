"""Reads the kernel's log.

class: CWE-532, kernel log
expect: passed
docker: contained: syslog needs CAP_SYSLOG in the default profile
"""
import ctypes

import hostile

SYSLOG_ACTION_READ_ALL = 3
buffer = ctypes.create_string_buffer(4096)
hostile.door("syslog", lambda: hostile.syscall("syslog", SYSLOG_ACTION_READ_ALL, buffer, len(buffer)))
hostile.closed_for_reading("/dev/kmsg", "/proc/kmsg")
hostile.finish()
