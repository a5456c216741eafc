"""Services as plain processes: real ones."""

import dataclasses
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from buildbot_common.accounts import Account
from buildbot_common.errors import WorkloadError
from buildbot_common.processes import Processes, start_time
from buildbot_common.services import Change, Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service("sleeper", "Sleeps", ("sleep", "1000"), tmp_path, Account.current(), {"PATH": "/usr/bin:/bin"})
    yield made
    Processes(tmp_path / "state").remove(made)


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    return Processes(tmp_path / "state")


def pid_of(tmp_path: Path) -> int:
    return int(json.loads((tmp_path / "state" / "sleeper.pid").read_text())["pid"])


def test_it_is_started_once(processes: Processes, service: Service, tmp_path: Path) -> None:
    assert processes.ensure(service) is Change.STARTED
    first = pid_of(tmp_path)
    assert processes.ensure(service) is Change.NOTHING
    assert (pid_of(tmp_path), processes.is_running(service)) == (first, True)


@pytest.mark.parametrize(
    "other",
    [{"revision": "2"}, {"environment": {"PATH": "/bin"}}, {"command": ("sleep", "1001")}],
    ids=lambda x: next(iter(x)),
)
def test_another_definition_is_another_process(
    processes: Processes, service: Service, tmp_path: Path, other: dict[str, object]
) -> None:
    processes.ensure(service)
    first = pid_of(tmp_path)
    assert processes.ensure(dataclasses.replace(service, **other)) is Change.RESTARTED  # type: ignore[arg-type]
    assert pid_of(tmp_path) != first
    assert start_time(first) is None


def test_a_process_that_died_is_started_again(processes: Processes, service: Service, tmp_path: Path) -> None:
    processes.ensure(service)
    os.kill(pid_of(tmp_path), signal.SIGKILL)
    deadline = time.monotonic() + 30
    while processes.is_running(service) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert processes.ensure(service) is Change.STARTED


def test_a_number_that_went_to_somebody_else_is_left_alone(
    processes: Processes, service: Service, tmp_path: Path
) -> None:
    with subprocess.Popen(["sleep", "1000"]) as stranger:
        (tmp_path / "state").mkdir()
        record = {"pid": stranger.pid, "started": 1, "definition": ""}
        (tmp_path / "state" / "sleeper.pid").write_text(json.dumps(record))
        assert not processes.is_running(service)
        processes.stop(service)
        assert stranger.poll() is None
        stranger.kill()


def test_who_does_not_listen_is_killed(processes: Processes, service: Service, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    deaf = ("sh", "-c", f"trap '' TERM; : > {ready}; while :; do sleep 0.1; done")
    processes.ensure(dataclasses.replace(service, command=deaf))
    while not ready.exists():
        time.sleep(0.01)
    pid = pid_of(tmp_path)
    processes.stop(dataclasses.replace(service, stop_seconds=1))
    assert start_time(pid) is None


def test_reload_is_a_signal_and_takes_a_running_process(processes: Processes, service: Service, tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match="sleeper does not run"):
        processes.reload(service)
    heard = tmp_path / "heard"
    listening = tmp_path / "listening"
    script = f"trap ': > {heard}' HUP; : > {listening}; while :; do sleep 0.05; done"
    processes.ensure(dataclasses.replace(service, command=("sh", "-c", script)))
    while not listening.exists():
        time.sleep(0.01)
    processes.reload(service)
    deadline = time.monotonic() + 30
    while not heard.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert heard.exists()


def test_remove_leaves_nothing(processes: Processes, service: Service, tmp_path: Path) -> None:
    processes.ensure(service)
    pid = pid_of(tmp_path)
    processes.remove(service)
    assert start_time(pid) is None
    assert not (tmp_path / "state").exists()


def test_a_pid_file_that_is_none_is_an_error_and_no_reason_to_kill(
    processes: Processes, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "state").mkdir()
    file = tmp_path / "state" / "sleeper.pid"
    file.write_text("1\n")
    with pytest.raises(WorkloadError, match=r"sleeper\.pid is no pid file of this program"):
        processes.stop(service)
    file.unlink()
