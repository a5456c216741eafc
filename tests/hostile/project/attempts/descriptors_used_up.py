"""Opens files until it is refused, and tries to raise that limit.

class: CWE-400, descriptors
expect: passed
docker: partly: a limit of a million
"""
import contextlib
import os
import resource

import hostile

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)


def raise_limit() -> None:
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 1, hard + 1))
    except ValueError as error:
        raise PermissionError(1, str(error)) from error


hostile.door("a higher limit of open files", raise_limit)
with contextlib.suppress(OSError):
    for _ in range(100_000):
        os.open("/dev/null", os.O_RDONLY)
    hostile.found("100,000 open files")
hostile.finish()
