"""Tests that tell lies about each other through the descriptors of the runner that they live in."""
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import runner  # noqa: E402  (the packets of subunit)

VICTIM = "pytest/test_lies.py::test_victim"


def forge(*names: str) -> None:
    for descriptor in range(3, 64):
        for name in names:
            for status in (runner.IN_PROGRESS, runner.SUCCESS):
                try:
                    os.write(descriptor, runner.packet(status, name.encode()))
                except OSError:
                    break


def test_forges() -> None:
    forge(VICTIM, "no such test", "each/attempt/crash")


def test_forges_from_a_daemon() -> None:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                forge(VICTIM)
        os._exit(0)
    os.wait()


def test_victim() -> None:
    time.sleep(0.05)
    assert False, "the truth"


def test_ends_the_runner() -> None:
    os._exit(0)


def test_honest() -> None:
    pass
