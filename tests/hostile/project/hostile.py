"""What attempts have in common: they try doors, and say at the end which stood open.

A door is closed when the kernel refuses. Any other answer, an error that comes after the permission was checked
included, is an open one. An attempt that has found all its doors closed ends with status 0.
"""
import ctypes
import errno
import os
import platform
import sys
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

REFUSALS = frozenset({
    errno.EPERM, errno.EACCES, errno.ENOENT, errno.ENOTDIR, errno.EROFS, errno.ENOSYS, errno.ENXIO, errno.ENODEV,
    errno.ESRCH, errno.EAFNOSUPPORT, errno.ECONNREFUSED, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EOPNOTSUPP})

# x86-64 and arm64; calls since Linux 5.1 have one number everywhere.
NUMBERS = {
    "ptrace": (101, 117), "adjtimex": (159, 171), "settimeofday": (164, 170), "swapon": (167, 224), "acct": (163, 89),
    "iopl": (172, None), "ioperm": (173, None), "init_module": (175, 105), "delete_module": (176, 106),
    "finit_module": (313, 273), "kexec_load": (246, 104), "kexec_file_load": (320, 294), "clock_settime": (227, 112),
    "clock_adjtime": (305, 266), "add_key": (248, 217), "keyctl": (250, 219), "perf_event_open": (298, 241),
    "bpf": (321, 280), "userfaultfd": (323, 282), "open_by_handle_at": (304, 265), "setns": (308, 268),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "syslog": (103, 116), "quotactl": (179, 60),
    "umount2": (166, 39), "pivot_root": (155, 41), "mount": (165, 40), "unshare": (272, 97), "ioprio_set": (251, 30),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "open_tree": (428, 428), "socket": (41, 198)}

libc = ctypes.CDLL(None, use_errno=True)
opened: list[str] = []


def syscall(name: str, *arguments: object) -> int:
    """Calls the kernel; raises OSError as Python's own wrappers do."""
    number = NUMBERS[name][0 if platform.machine() == "x86_64" else 1]
    if number is None:
        raise OSError(errno.ENOSYS, "no such call on this machine", name)
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *wide)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), name)
    return result


def found(what: str) -> None:
    """A door stands open."""
    opened.append(what)


def door(name: str, action: Callable[[], Answer]) -> Answer | None:
    """Tries a door. What `action` returns where it opened."""
    try:
        answer = action()
    except OSError as error:
        if error.errno not in REFUSALS:
            found(f"{name}: past the permission check ({error.strerror})")
        return None
    found(name)
    return answer


def can_open(path: str, flags: int) -> bool:
    """Opens and closes; writes nothing."""
    try:
        descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    os.close(descriptor)
    return True


def closed_for_writing(*paths: str) -> None:
    for path in paths:
        if can_open(path, os.O_WRONLY):
            found(f"{path} opens for writing")


def closed_for_reading(*paths: str) -> None:
    for path in paths:
        if can_open(path, os.O_RDONLY):
            found(f"{path} opens for reading")


def mark(root: str = "") -> None:
    """Leaves the mark beneath what may be the machine's root. The judge looks for it."""
    name = os.path.basename(sys.argv[0])
    try:
        with open(root + os.environ["HOSTILE_MARK"] + "/" + name, "w", encoding="ascii") as file:
            file.write(os.environ["HOSTILE_TOKEN"])
    except OSError:
        pass


def finish() -> None:
    for what in opened:
        print(f"door open: {what}", flush=True)
    os._exit(1 if opened else 0)


def is_root() -> bool:
    return os.geteuid() == 0
