"""A Buildbot worker on a machine that a charm has for itself: account, packages, base, place. Knows no Juju."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from buildbot_common import packages
from buildbot_common.accounts import Account
from buildbot_common.supervisors import supervisor_of
from buildbot_common.virtualenv import VirtualEnvironment
from buildbot_worker import BuildbotWorker, Join, Surroundings
from sharder_host import Base, SharderHost, check, undo_preparation

# Beneath it, sharder's clones of the machine see the project that they test and nothing else.
TOP = Path("/var/lib/buildbot/worker")
NEEDED = ("git", "python3-venv")
ROOT = "root"


@dataclass(frozen=True)
class Wishes:
    """What the operator wants of the machine."""

    package: Path
    user: str = ROOT
    base: Base = field(default_factory=Base)
    bridge: bool = False
    containers: int = 0
    extra_packages: tuple[str, ...] = ()


class WorkerUnit:
    def __init__(self, top: Path = TOP) -> None:
        self._top = top
        self._environment = VirtualEnvironment(top / "venv")

    def prepare(self, wishes: Wishes) -> tuple[bool, str]:
        """Installs what is missing; whether the machine is fit then, and what `sharder doctor` says."""
        check(wishes.user, wishes.base, wishes.bridge)
        packages.ensure(NEEDED)
        self._account(wishes)
        self._environment.ensure()
        host = self.host(wishes)
        host.prepare(wishes.package, wishes.base, wishes.bridge, wishes.extra_packages)
        return host.doctor(wishes.base)

    def host(self, wishes: Wishes) -> SharderHost:
        return SharderHost(self._account(wishes))

    def worker(self, wishes: Wishes) -> BuildbotWorker:
        services = supervisor_of(self._top / "services")
        return BuildbotWorker(self._top / "worker", self._environment, services, self._account(wishes))

    def deploy(self, wishes: Wishes, join: Join) -> BuildbotWorker:
        host = self.host(wishes)
        base = "" if wishes.base.is_host else wishes.base.name
        worker = self.worker(wishes)
        description = f"{os.uname().nodename}, {os.cpu_count()} cores, sharder {host.version}"
        worker.deploy(join, Surroundings(host.program, wishes.containers, base), description)
        return worker

    def run_tests(self, wishes: Wishes, repository: str, branch: str, arguments: list[str]) -> tuple[int, str]:
        return self.host(wishes).run_tests(self._top / "by-hand" / "project", repository, branch, arguments)

    def leave(self) -> None:
        self._whoever_runs_it().leave()

    def remove(self, base: str) -> None:
        """Packages stay; the machine goes next, and if it does not, somebody else may need them.

        The bases of an ordinary user lie in his home, which is beneath the directory.
        """
        self._whoever_runs_it().remove()
        SharderHost(Account.named(ROOT)).remove_base(Base(base))
        undo_preparation()
        shutil.rmtree(self._top, ignore_errors=True)

    def _whoever_runs_it(self) -> BuildbotWorker:
        """To end a service it does not matter who runs it, nor whether the configuration is right."""
        services = supervisor_of(self._top / "services")
        return BuildbotWorker(self._top / "worker", self._environment, services, Account.current())

    def _account(self, wishes: Wishes) -> Account:
        return Account.named(ROOT) if wishes.user == ROOT else Account.made(wishes.user, self._top / "home")
