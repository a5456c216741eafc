"""Makes a map and loads a program for the kernel's own machine; the program returns 0.

class: CVE-2021-3490, bpf
expect: passed
docker: contained: refused without CAP_BPF
"""
import ctypes
import struct

import hostile

BPF_MAP_CREATE, BPF_PROG_LOAD, ARRAY, SOCKET_FILTER = 0, 5, 2, 1


def bpf(command: int, attributes: bytes) -> int:
    return hostile.syscall("bpf", command, ctypes.create_string_buffer(attributes.ljust(128, b"\0")), 128)


def load() -> int:
    code = ctypes.create_string_buffer(struct.pack("<BBhi", 0xB7, 0, 0, 0) + struct.pack("<BBhi", 0x95, 0, 0, 0))
    licence = ctypes.create_string_buffer(b"GPL")
    return bpf(BPF_PROG_LOAD, struct.pack("<IIQQ", SOCKET_FILTER, 2, ctypes.addressof(code), ctypes.addressof(licence)))


hostile.door("a map", lambda: bpf(BPF_MAP_CREATE, struct.pack("<IIII", ARRAY, 4, 4, 1)))
hostile.door("a program", load)
hostile.finish()
