"""The charm on a machine that remembers what it was told, instead of one that is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ops import testing

from buildbot_common.errors import UsageError, WorkloadError
from master_client import Build
from master_settings import JoinedWorker, Settings

ADMIN_PASSWORD = "open-sesame"


@dataclass
class Machine:
    """Stands for MasterUnit, BuildbotMaster and MasterClient: what the charm says to them, and what they answer."""

    prepared: int = 0
    deployed: list[tuple[Settings, list[JoinedWorker], str | None]] = field(default_factory=list)
    is_running: bool = False
    removed: bool = False
    refuses: str = ""
    unreachable: bool = False
    forced: list[tuple[str, str, str]] = field(default_factory=list)
    last: Build = field(
        default_factory=lambda: Build("parallel", 7, "3 tests", "failure", "http://m/7", ("test: 3 tests",))
    )

    def prepare(self) -> Machine:
        self.prepared += 1
        return self

    def master(self) -> Machine:
        return self

    def deploy(self, settings: Settings, workers: list[JoinedWorker], own_cfg: str | None) -> None:
        if self.refuses:
            raise UsageError(self.refuses)
        self.deployed.append((settings, workers, own_cfg))
        self.is_running = True

    def stop(self) -> None:
        self.is_running = False

    def remove(self) -> None:
        self.stop()
        self.removed = True

    def version(self) -> str:
        return "4.3.0"

    def admin_password(self) -> str:
        return ADMIN_PASSWORD

    def client(self, _: Settings) -> Machine:
        return self

    def force(self, builder: str, branch: str, reason: str) -> int:
        if self.unreachable:
            raise WorkloadError("http://127.0.0.1:8010/: connection refused")
        self.forced.append((builder, branch, reason))
        return 41

    def wait(self, request: int, _: float) -> Build:
        assert request == 41
        return self.last

    def last_build(self, builder: str) -> Build:
        if builder != self.last.builder:
            raise WorkloadError(f"there is no build of {builder} yet")
        return self.last


@pytest.fixture
def machine(master_charm: Any, monkeypatch: pytest.MonkeyPatch) -> Machine:
    fake = Machine()
    monkeypatch.setattr(master_charm.module, "MasterUnit", lambda _: fake)
    return fake


@pytest.fixture
def context(master_charm: Any, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[testing.Context[Any]]:
    monkeypatch.chdir(Path(__file__).parent)
    yield master_charm.context()


def worker_relation(number: int = 0, **databag: str) -> testing.Relation:
    offer = {"name": f"buildbot-worker-{number}", "builders": "parallel", "max-builds": "1", **databag}
    return testing.Relation("buildbot", remote_app_name="buildbot-worker", remote_units_data={number: offer})
