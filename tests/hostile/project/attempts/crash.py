"""Crashes with as large a core dump as it may leave.

class: robustness, core dumps
expect: crashed
docker: partly: the machine's core_pattern handles it, with no limit
"""
import ctypes
import resource

hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
ctypes.string_at(0)
