"""A configuration is in force when the master says so, and not when it was told."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from buildbot_common.errors import WorkloadError
from master_log import RECONFIGURED, MasterLog

COMPLETE = "2026-01-01 [-] configuration update complete (took 0.031 seconds)\n"
ABORTED = "2026-01-01 [-] configuration update aborted without making any changes\n"


@pytest.fixture
def log(tmp_path: Path) -> MasterLog:
    made = MasterLog(tmp_path / "twistd.log")
    made.path.write_text(COMPLETE)  # of an earlier time
    return made


def say_later(log: MasterLog, text: str, write: Callable[[Path, str], object]) -> None:
    threading.Timer(0.3, lambda: write(log.path, text)).start()


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


@pytest.mark.parametrize("write", [append, Path.write_text], ids=["appended", "rotated"])
def test_it_waits_for_what_comes(log: MasterLog, write: Callable[[Path, str], object]) -> None:
    append(log.path, "more\n" * 40)
    say_later(log, COMPLETE, write)
    log.wait_for(RECONFIGURED, log.size, 60, lambda: True)
    assert log.path.read_text().endswith(COMPLETE)


def test_it_tells_what_was_refused(log: MasterLog) -> None:
    say_later(log, ABORTED, append)
    with pytest.raises(WorkloadError, match=r"refuses its configuration(.|\n)*aborted without"):
        log.wait_for(RECONFIGURED, log.size, 60, lambda: True)


def test_it_does_not_wait_for_the_dead(log: MasterLog) -> None:
    with pytest.raises(WorkloadError, match="the master ended"):
        log.wait_for(RECONFIGURED, log.size, 60, lambda: False)


def test_it_loses_patience(log: MasterLog) -> None:
    with pytest.raises(WorkloadError, match='did not say "configuration update complete" within 0 s'):
        log.wait_for(RECONFIGURED, log.size, 0, lambda: True)
