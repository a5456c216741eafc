"""Reads and writes the memory of PID 1.

class: CWE-284, process_vm_writev and /proc/1/mem
expect: passed
docker: contained as a user; root may, of what runs as PID 1
"""
import ctypes
import os

import hostile

vector = (ctypes.c_ulong * 2)(ctypes.addressof(ctypes.create_string_buffer(16)), 1)
remote = (ctypes.c_ulong * 2)(0x400000, 1)
hostile.door("process_vm_readv", lambda: hostile.syscall("process_vm_readv", 1, vector, 1, remote, 1, 0))
hostile.door("process_vm_writev", lambda: hostile.syscall("process_vm_writev", 1, vector, 1, remote, 1, 0))
hostile.door("/proc/1/mem", lambda: os.open("/proc/1/mem", os.O_RDWR))
hostile.closed_for_reading("/proc/1/maps", "/proc/1/environ", "/proc/1/auxv", "/proc/1/stack", "/proc/1/syscall",
                           "/proc/1/io")
hostile.finish()
