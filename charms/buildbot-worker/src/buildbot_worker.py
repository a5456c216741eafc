"""A Buildbot worker in one directory: renders its files, runs it, removes it. Knows no Juju.

Not to be confused with the package buildbot_worker, which lives in the virtual environment and never in this process.
"""

from __future__ import annotations

import enum
import json
import time
from dataclasses import dataclass
from pathlib import Path

from buildbot_common import files, proxies
from buildbot_common.accounts import Account
from buildbot_common.errors import WorkloadError
from buildbot_common.services import Change, Service, Supervisor
from buildbot_common.virtualenv import VirtualEnvironment

TEMPLATE = Path(__file__).with_name("worker_files") / "buildbot.tac"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
KEEPALIVE_SECONDS = 60  # well below the minutes after which routers forget a silent connection


@dataclass(frozen=True)
class Join:
    """Which master, and as whom."""

    host: str
    port: int
    name: str
    password: str


@dataclass(frozen=True)
class Surroundings:
    """What builds find: `sharder` is the program, its directory comes first in their PATH."""

    sharder: Path
    containers: int = 0  # parallel clones of a run; 0: sharder decides
    base: str = ""  # overrides what projects say; empty: they decide

    def variables(self, account: Account) -> dict[str, str]:
        found = {
            **proxies.variables(),
            "PATH": f"{self.sharder.parent}:{SYSTEM_PATH}",
            "HOME": str(account.home),
            "USER": account.name,
            "LANG": "C.UTF-8",
        }
        if self.containers:
            found["SHARDER_RUN_WORKERS"] = str(self.containers)
        if self.base:
            found["SHARDER_RUN_BASE"] = self.base
        return found


class Connection(enum.Enum):
    """What the worker's log says last. The text is the log's."""

    JOINED = "Connected to buildmaster; worker is ready"
    REFUSED = "unauthorized login; check worker name and password"
    LOST = "Lost connection to"
    FAILED = "Connection to"
    TRYING = "Starting Worker"
    ENDED = "Server Shut Down."  # of a process that another one is about to follow


class BuildbotWorker:
    def __init__(
        self,
        directory: Path,
        environment: VirtualEnvironment,
        supervisor: Supervisor,
        account: Account,
        service_name: str = "buildbot-worker",
    ) -> None:
        self.directory = directory
        self._environment = environment
        self._supervisor = supervisor
        self._account = account
        self._service_name = service_name

    def deploy(self, join: Join, surroundings: Surroundings, description: str) -> Change:
        """Makes the running worker be what is asked for; without effect where it is already."""
        files.directory(self.directory, self._account)
        information = files.directory(self.directory / "info", self._account)
        files.write(information / "host", description + "\n", self._account)
        joins = {"host": join.host, "port": join.port, "name": join.name, "keepalive_seconds": KEEPALIVE_SECONDS}
        files.write(self._joins, json.dumps(joins, indent=2) + "\n", self._account)
        files.write(self.directory / "buildbot.tac", TEMPLATE.read_text(encoding="utf-8"), self._account)
        new_password = files.write(self._password, join.password + "\n", self._account, files.SECRET)
        service = self._service(surroundings)
        change = self._supervisor.ensure(service)
        if change is Change.NOTHING and new_password:
            self._supervisor.renew(service)
            return Change.RESTARTED
        return change

    @property
    def is_running(self) -> bool:
        return self._supervisor.is_running(self._named())

    def stop(self) -> None:
        self._supervisor.stop(self._named())

    def leave(self) -> None:
        """Stops, and forgets the password, which is of no more use."""
        self.stop()
        self._password.unlink(missing_ok=True)

    def remove(self) -> None:
        self._supervisor.remove(self._named())
        if self.directory.exists():
            files.remove(self.directory)

    def connection(self) -> Connection:
        """Of the last line in the log that says something about it."""
        for line in reversed(self.log_tail(2000).splitlines()):
            for state in Connection:
                if state.value in line:
                    return state
        return Connection.TRYING

    def wait_until_joined(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.connection() is not Connection.JOINED or not self.is_running:
            if time.monotonic() > deadline:
                raise WorkloadError(
                    f"{self._service_name} did not join its master within {seconds:.0f} s. The end of "
                    f"{self.directory / 'twistd.log'}:\n{self.log_tail(10)}"
                )
            time.sleep(0.2)

    def log_tail(self, lines: int = 20) -> str:
        return files.tail(self.directory / "twistd.log", lines)

    @property
    def _joins(self) -> Path:
        return self.directory / "joins.json"

    @property
    def _password(self) -> Path:
        return self.directory / "password"

    def _named(self) -> Service:
        """Enough of the service to ask about it and to stop it."""
        return Service(self._service_name, "Buildbot worker", (), self.directory, self._account)

    def _service(self, surroundings: Surroundings) -> Service:
        return Service(
            name=self._service_name,
            description="Buildbot worker",
            command=(str(self._environment.program("twistd")), "--nodaemon", "--pidfile=", "--python=buildbot.tac"),
            directory=self.directory,
            account=self._account,
            environment=surroundings.variables(self._account),
            revision=f"{files.digest(TEMPLATE, self._joins)}-{self._environment.content[:12]}",
            drains=True,
        )
