"""A master and its workers on one machine, as answers ask for."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path

from buildbot_common import files, packages
from buildbot_common.accounts import Account
from buildbot_common.commands import run
from buildbot_common.errors import UsageError
from buildbot_common.services import Change, Supervisor
from buildbot_common.supervisors import supervisor_of
from buildbot_common.virtualenv import VirtualEnvironment
from buildbot_deploy.answers import FILE, Answers
from buildbot_master import BuildbotMaster
from buildbot_worker import BuildbotWorker, Join, Surroundings
from master_client import MasterClient
from master_settings import Builder, JoinedWorker, Settings, parse_builders

STEP = Path(__file__).parents[3] / "buildbot-sharder"
JOIN_SECONDS = 300  # five on an idle machine; what ended is seen at once, so patience costs nothing


class Deployment:
    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.account = Account.named(answers.user) if answers.user else Account.current()
        self._environment = VirtualEnvironment(answers.venv_directory, answers.requirements, (STEP,))
        self._supervisor: Supervisor = supervisor_of(answers.directory / "services")

    def install(self) -> dict[str, Change]:
        """Master and all workers, running and joined; what each needed."""
        settings = self.settings
        self._check_program()
        files.directory(self.answers.directory, Account.current())
        self.answers.save()
        self._environment.ensure()
        joined = [self._joined(number) for number in range(1, self.answers.workers + 1)]
        own_cfg = self.answers.master_cfg.read_text(encoding="utf-8") if self.answers.master_cfg else None
        changes = {"master": self.master.deploy(settings, joined, own_cfg)}
        self.client.wait_until_ready(JOIN_SECONDS, lambda: self.master.is_running, self.master.log_tail)
        for number, worker in enumerate(joined, 1):
            changes[worker.name] = self._deploy_worker(number, worker)
        for number in range(self.answers.workers + 1, self.deployed_workers + 1):
            self.worker(number).remove()
        for number in range(1, self.answers.workers + 1):
            self.worker(number).wait_until_joined(JOIN_SECONDS)
        return changes

    def stop(self) -> None:
        """Workers first: builds that lose their worker are built again, those that the master ends are cancelled."""
        for number in range(1, self.deployed_workers + 1):
            self.worker(number).stop()
        self.master.stop()

    def remove(self) -> None:
        self.master.stop()  # which ends all builds at once: nobody will build them again
        for number in range(1, self.deployed_workers + 1):
            self.worker(number).remove()
        self.master.remove()
        directory = self.answers.directory
        if self.answers.venv is None:
            self._environment.remove()
        for path in (directory / "workers", directory / "services", directory / FILE):
            if path.exists():
                files.remove(path)
        if directory.is_dir() and not any(directory.iterdir()):
            directory.rmdir()

    @cached_property
    def master(self) -> BuildbotMaster:
        return BuildbotMaster(
            self.answers.directory / "master",
            self._environment,
            self._supervisor,
            self.account,
            f"buildbot-master-{self._slug}",
        )

    def worker(self, number: int) -> BuildbotWorker:
        return BuildbotWorker(
            self._workers / f"worker-{number}",
            self._environment,
            self._supervisor,
            self.account,
            f"buildbot-worker-{number}-{self._slug}",
        )

    @cached_property
    def client(self) -> MasterClient:
        return MasterClient(
            f"http://{self._reachable}:{self.answers.www_port}/", self.answers.admin, self.master.admin_password
        )

    @property
    def deployed_workers(self) -> int:
        """The highest number that there is a directory of."""
        numbers = [int(path.name.removeprefix("worker-")) for path in self._workers.glob("worker-*")]
        return max(numbers, default=0)

    @property
    def builders(self) -> tuple[Builder, ...]:
        return parse_builders("\n".join(self.answers.builders))

    @property
    def settings(self) -> Settings:
        given = self.answers
        return Settings(
            repository=given.repository,
            url=given.url or f"http://{self._reachable}:{given.www_port}/",
            www_interface=given.interface,
            www_port=given.www_port,
            worker_interface=given.interface,
            worker_port=given.port,
            builders=self.builders,
            branches=given.branches,
            poll_seconds=given.poll_seconds,
            settle_seconds=given.settle_seconds,
            build_command=given.build_command,
            admin=given.admin,
        )

    def _joined(self, number: int) -> JoinedWorker:
        """The password is made here and kept with the worker; the master gets a copy."""
        directory = files.directory(self._workers / f"worker-{number}", self.account)
        password = files.secret(directory / "password", self.account)
        return JoinedWorker(f"worker-{number}", password, tuple(builder.name for builder in self.builders))

    def _deploy_worker(self, number: int, worker: JoinedWorker) -> Change:
        join = Join(self._reachable, self.answers.port, worker.name, worker.password)
        surroundings = Surroundings(self._sharder, self._containers, self.answers.base)
        return self.worker(number).deploy(join, surroundings, f"{os.uname().nodename}, {os.cpu_count()} cores")

    def _check_program(self) -> None:
        if self.answers.deb:
            packages.ensure_file(self.answers.deb)
        run([str(self._sharder), "--version"], account=self.account)

    @property
    def _sharder(self) -> Path:
        if self.answers.sharder is None:
            raise UsageError(f"{self.answers.directory / FILE} names no sharder (hint: install --sharder PATH)")
        return self.answers.sharder

    @property
    def _containers(self) -> int:
        """Several workers share the machine: each run would otherwise size itself as if it were alone."""
        if self.answers.containers or self.answers.workers == 1:
            return self.answers.containers
        return max(1, len(os.sched_getaffinity(0)) // self.answers.workers)

    @property
    def _workers(self) -> Path:
        return self.answers.directory / "workers"

    @property
    def _reachable(self) -> str:
        return "127.0.0.1" if self.answers.interface == "0.0.0.0" else self.answers.interface

    @property
    def _slug(self) -> str:
        """Tells the services of two directories apart."""
        return re.sub(r"[^A-Za-z0-9]+", "-", str(self.answers.directory)).strip("-")
