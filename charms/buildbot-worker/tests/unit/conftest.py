"""The charm on a machine that remembers what it was told, instead of one that is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ops import testing

from buildbot_worker import Connection, Join
from sharder_host import Base, check
from worker_unit import Wishes


@dataclass
class Machine:
    """Stands for WorkerUnit, SharderHost and BuildbotWorker: what the charm says to them, and what they answer."""

    prepared: list[Wishes] = field(default_factory=list)
    deployed: list[Join] = field(default_factory=list)
    is_running: bool = False
    fit: bool = True
    starts: bool = True
    state: Connection = Connection.JOINED
    left: int = 0
    removed: str = ""
    version: str = "0.1.0"
    tested: list[tuple[str, str, list[str]]] = field(default_factory=list)
    test_status: int = 0

    def prepare(self, wishes: Wishes) -> tuple[bool, str]:
        check(wishes.user, wishes.base, wishes.bridge)
        self.prepared.append(wishes)
        return self.doctor(wishes.base)

    def host(self, _: Wishes) -> Machine:
        return self

    def worker(self, _: Wishes) -> Machine:
        return self

    def deploy(self, _: Wishes, join: Join) -> Machine:
        self.deployed.append(join)
        self.is_running = self.starts
        return self

    def connection(self) -> Connection:
        return self.state

    def leave(self) -> None:
        self.left += 1
        self.is_running = False

    def remove(self, base: str) -> None:
        self.removed = base

    def doctor(self, _: Base) -> tuple[bool, str]:
        return self.fit, "ok" if self.fit else "missing  overlay on tmpfs"

    def clean(self) -> str:
        return "nothing to remove"

    def refresh_base(self, base: Base) -> str:
        return f"refreshed {base.name}"

    def run_tests(self, _: Wishes, repository: str, branch: str, arguments: list[str]) -> tuple[int, str]:
        self.tested.append((repository, branch, arguments))
        return self.test_status, "x" * 100_000 + "3 tests: 3 passed"


@pytest.fixture
def machine(worker_charm: Any, monkeypatch: pytest.MonkeyPatch) -> Machine:
    fake = Machine()
    monkeypatch.setattr(worker_charm.module, "WorkerUnit", lambda: fake)
    return fake


@pytest.fixture
def context(worker_charm: Any, machine: Machine) -> Iterator[testing.Context[Any]]:
    yield worker_charm.context()


@pytest.fixture
def package(tmp_path: Path) -> testing.Resource:
    file = tmp_path / "sharder.deb"
    file.write_bytes(b"a package")
    return testing.Resource(name="sharder", path=file)
