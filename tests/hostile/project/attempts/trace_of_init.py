"""Attaches to PID 1 as a debugger would, and to whatever else it sees of another user.

class: CWE-284, ptrace
expect: passed
docker: contained as a user; root may trace what runs as PID 1
"""
import hostile

PTRACE_ATTACH, PTRACE_SEIZE, PTRACE_DETACH = 16, 0x4206, 17
for request in (PTRACE_SEIZE, PTRACE_ATTACH):
    hostile.door("ptrace of PID 1", lambda request=request: hostile.syscall("ptrace", request, 1, 0, 0))
hostile.finish()
