"""A Buildbot master on a machine that a charm has for itself: its account, its packages, its place. Knows no Juju."""

from __future__ import annotations

import shutil
from pathlib import Path

from buildbot_common import packages
from buildbot_common.accounts import Account
from buildbot_common.commands import run
from buildbot_common.supervisors import supervisor_of
from buildbot_common.virtualenv import VirtualEnvironment
from buildbot_master import BuildbotMaster
from master_client import MasterClient
from master_settings import Settings

TOP = Path("/var/lib/buildbot/master")
NEEDED = ("git", "python3-venv")
ACCOUNT = "buildbot"


class MasterUnit:
    def __init__(self, charm_directory: Path, top: Path = TOP) -> None:
        self._top = top
        self._environment = VirtualEnvironment(top / "venv", sources=(charm_directory / "buildbot-sharder",))

    def prepare(self) -> BuildbotMaster:
        """Installs what is missing."""
        packages.ensure(NEEDED)
        Account.made(ACCOUNT, self._top)
        self._environment.ensure()
        return self.master()

    def master(self) -> BuildbotMaster:
        account = Account.named(ACCOUNT)
        return BuildbotMaster(self._top / "master", self._environment, supervisor_of(self._top / "services"), account)

    def client(self, settings: Settings) -> MasterClient:
        return MasterClient(f"http://127.0.0.1:{settings.www_port}/", settings.admin, self.master().admin_password)

    def version(self) -> str:
        """As `Buildbot version: 4.3.0` says it."""
        said = run([str(self._environment.program("buildbot")), "--version"]).stdout
        return said.splitlines()[0].rpartition(" ")[2]

    def remove(self) -> None:
        self.master().remove()
        shutil.rmtree(self._top, ignore_errors=True)
