"""Services as units: what systemd is told, and in which order. There need be no systemd here."""

import dataclasses
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from buildbot_common.accounts import Account
from buildbot_common.services import Change, Service
from buildbot_common.systemd import Systemd, unit_text


class Control:
    """Stands for systemctl: remembers what it was told, and what runs."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.running: set[str] = set()

    def __call__(self, arguments: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        verb, name = arguments[0], arguments[-1]
        if verb == "is-active":
            return subprocess.CompletedProcess(arguments, 0 if name in self.running else 3)
        self.told.append(" ".join(arguments))
        if verb == "start":
            self.running.add(name)
        if verb == "stop":
            self.running.discard(name)
        return subprocess.CompletedProcess(arguments, 0)


@pytest.fixture
def control() -> Control:
    return Control()


@pytest.fixture
def systemd(tmp_path: Path, control: Control) -> Systemd:
    return Systemd(tmp_path, control)


@pytest.fixture
def service() -> Service:
    command = ("/bin/sleep", "10 00", "50%", "$HOME")
    environment = {"PATH": "/usr/bin:/bin", "GREETING": 'say "hi" 100%'}
    return Service("unit-a", "Sleeps", command, Path("/"), Account.current(), environment, revision="1")


def test_a_new_unit_is_enabled_and_started(
    systemd: Systemd, control: Control, service: Service, tmp_path: Path
) -> None:
    assert systemd.ensure(service) is Change.STARTED
    assert control.told == ["daemon-reload", "enable unit-a", "start unit-a"]
    assert (tmp_path / "unit-a.service").read_text() == unit_text(service)


def test_the_second_time_nothing_is_told(systemd: Systemd, control: Control, service: Service) -> None:
    systemd.ensure(service)
    control.told.clear()
    assert systemd.ensure(service) is Change.NOTHING
    assert control.told == []


def test_a_new_revision_restarts(systemd: Systemd, control: Control, service: Service) -> None:
    systemd.ensure(service)
    control.told.clear()
    assert systemd.ensure(dataclasses.replace(service, revision="2")) is Change.RESTARTED
    assert control.told[-1] == "restart unit-a"


def test_who_drains_finishes_his_work_first(systemd: Systemd, control: Control, service: Service) -> None:
    drains = dataclasses.replace(service, drains=True)
    systemd.ensure(drains)
    systemd.renew(drains)
    assert control.told[-1] == "kill --kill-whom=main --signal=HUP unit-a"
    assert "Restart=always" in unit_text(drains)


def test_remove_leaves_nothing(systemd: Systemd, control: Control, service: Service, tmp_path: Path) -> None:
    systemd.ensure(service)
    control.told.clear()
    systemd.remove(service)
    assert control.told == ["stop unit-a", "disable unit-a", "daemon-reload"]
    assert list(tmp_path.iterdir()) == []
    systemd.remove(service)
    assert control.told == ["stop unit-a", "disable unit-a", "daemon-reload"]


def test_words_and_values_reach_the_process_as_they_are(service: Service) -> None:
    text = unit_text(service)
    assert 'ExecStart="/bin/sleep" "10 00" "50%%" "$$HOME"' in text
    assert 'Environment="GREETING=say \\"hi\\" 100%%"' in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze to ask")
def test_systemd_understands_the_unit(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "unit-a.service"
    file.write_text(unit_text(service))
    done = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "unit-a" in line]
    assert (done.returncode, complaints) == (0, [])
