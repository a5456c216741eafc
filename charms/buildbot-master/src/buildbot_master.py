"""A Buildbot master in one directory: renders its files, checks them, runs it, removes it. Knows no Juju."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import master_log
from buildbot_common import files, proxies
from buildbot_common.accounts import Account
from buildbot_common.commands import run
from buildbot_common.errors import UsageError, WorkloadError
from buildbot_common.services import Change, Service, Supervisor
from buildbot_common.virtualenv import VirtualEnvironment
from master_log import MasterLog
from master_settings import JoinedWorker, Settings

TEMPLATES = Path(__file__).with_name("master_files")
PATH = "/usr/local/bin:/usr/bin:/bin"
PATIENCE_SECONDS = 300  # two on an idle machine; a master that ended is seen at once


class BuildbotMaster:
    def __init__(
        self,
        directory: Path,
        environment: VirtualEnvironment,
        supervisor: Supervisor,
        account: Account,
        service_name: str = "buildbot-master",
    ) -> None:
        self.directory = directory
        self._environment = environment
        self._supervisor = supervisor
        self._account = account
        self._service_name = service_name

    @property
    def admin_password_file(self) -> Path:
        return self._secrets / "admin"

    def admin_password(self) -> str:
        return files.secret(self.admin_password_file, self._account)

    @property
    def change_password_file(self) -> Path:
        return self._secrets / "change"

    @property
    def is_running(self) -> bool:
        return self._supervisor.is_running(self._service())

    def deploy(self, settings: Settings, workers: Sequence[JoinedWorker], own_cfg: str | None = None) -> Change:
        """Makes the running master be what is asked for; without effect where it is already.

        A configuration that Buildbot refuses is never put in place: the master goes on with the one it has.
        """
        files.directory(self.directory, self._account)
        files.directory(self._secrets, self._account, 0o700)
        rendered = self._render(settings, workers, own_cfg)
        changed = {name for name, text in rendered.items() if self._read(name) != text}
        passwords_changed = self._write_secrets(workers)
        if changed:
            self._check(rendered)
        for name, text in rendered.items():
            files.write(self.directory / name, text, self._account)
        self._forget_secrets(workers)
        self._migrate()
        before = self._log.size
        change = self._supervisor.ensure(self._service())
        if change is not Change.NOTHING:
            self._wait_for(master_log.STARTED, before)
        elif changed or passwords_changed:
            self._supervisor.reload(self._service())
            self._wait_for(master_log.RECONFIGURED, before)
        return change

    def stop(self) -> None:
        self._supervisor.stop(self._service())

    def remove(self) -> None:
        self._supervisor.remove(self._service())
        if self.directory.exists():
            files.remove(self.directory)

    def log_tail(self) -> str:
        return files.tail(self._log.path)

    def _render(self, settings: Settings, workers: Sequence[JoinedWorker], own_cfg: str | None) -> dict[str, str]:
        texts = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.iterdir() if path.is_file()}
        if own_cfg is not None:
            texts["master.cfg"] = own_cfg
        texts["settings.json"] = as_json(self._deployed(settings))
        texts["workers.json"] = as_json(
            [
                {
                    "name": worker.name,
                    "builders": worker.builders,
                    "max_builds": worker.max_builds,
                    "password_file": str(self._password_file(worker)),
                }
                for worker in sorted(workers, key=lambda worker: worker.name)
            ]
        )
        return texts

    def _deployed(self, settings: Settings) -> dict[str, object]:
        return {
            "repository": settings.repository,
            "url": settings.url,
            "www_port": f"tcp:{settings.www_port}:interface={settings.www_interface}",
            "worker_port": f"tcp:{settings.worker_port}:interface={settings.worker_interface}",
            "builders": [{"name": each.name, "arguments": each.arguments} for each in settings.builders],
            "branches": settings.branches,
            "poll_seconds": settings.poll_seconds,
            "settle_seconds": settings.settle_seconds,
            "build_command": settings.build_command,
            "title": settings.title,
            "admin": settings.admin,
            "admin_password_file": str(self.admin_password_file),
            "change_password_file": str(self.change_password_file),
        }

    def _check(self, rendered: dict[str, str]) -> None:
        """In a directory aside, with Buildbot's own check."""
        aside = self.directory / "check"
        shutil.rmtree(aside, ignore_errors=True)
        files.directory(aside, self._account)
        try:
            for name, text in rendered.items():
                files.write(aside / name, text, self._account)
            self._buildbot("checkconfig", str(aside))
        except WorkloadError as error:
            raise UsageError(f"master.cfg is wrong; the one before stays in force: {error}") from error
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _wait_for(self, words: str, since: int) -> None:
        """A master that still starts would die of the SIGHUP that tells it of the next change."""
        self._log.wait_for(words, since, PATIENCE_SECONDS, lambda: self.is_running)

    def _migrate(self) -> None:
        """Makes the database, or brings it to another version of Buildbot; takes a stopped master."""
        stamp = self.directory / "database-of.txt"
        if stamp.exists() and stamp.read_text(encoding="utf-8") == self._environment.content:
            return
        self._supervisor.stop(self._service())
        self._buildbot("upgrade-master", "--quiet", str(self.directory))
        files.write(stamp, self._environment.content, self._account)

    def _write_secrets(self, workers: Sequence[JoinedWorker]) -> bool:
        files.secret(self.admin_password_file, self._account)
        files.secret(self.change_password_file, self._account)
        written = [
            files.write(self._password_file(each), each.password + "\n", self._account, files.SECRET)
            for each in workers
        ]
        return any(written)

    def _forget_secrets(self, workers: Sequence[JoinedWorker]) -> None:
        kept = {self._password_file(worker) for worker in workers}
        for path in self._secrets.glob("worker-*"):
            if path not in kept:
                path.unlink()

    def _password_file(self, worker: JoinedWorker) -> Path:
        return self._secrets / f"worker-{worker.name}"

    @property
    def _log(self) -> MasterLog:
        return MasterLog(self.directory / "twistd.log")

    @property
    def _secrets(self) -> Path:
        return self.directory / "secrets"

    def _read(self, name: str) -> str | None:
        path = self.directory / name
        return path.read_text(encoding="utf-8") if path.exists() else None

    def _buildbot(self, *arguments: str) -> None:
        run(
            [str(self._environment.program("buildbot")), *arguments],
            account=self._account,
            directory=self.directory,
            environment=self._variables(),
        )

    def _variables(self) -> dict[str, str]:
        return {
            **proxies.variables(),
            "PATH": f"{self._environment.path}/bin:{PATH}",
            "HOME": str(self._account.home),
            "LANG": "C.UTF-8",
        }

    def _service(self) -> Service:
        """Restarted for what reconfiguring does not read again: the package, buildbot.tac and joined.py."""
        fixed = files.digest(TEMPLATES / "buildbot.tac", TEMPLATES / "joined.py")
        return Service(
            name=self._service_name,
            description="Buildbot master",
            command=(str(self._environment.program("twistd")), "--nodaemon", "--pidfile=", "--python=buildbot.tac"),
            directory=self.directory,
            account=self._account,
            environment=self._variables(),
            revision=f"{fixed}-{self._environment.content[:12]}",
        )


def as_json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
