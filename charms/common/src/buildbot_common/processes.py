"""Services as plain processes, for machines without systemd.

A pid file names the process together with the time it started at, so that a number which the kernel gave to somebody
else in the meantime is never mistaken for ours. Nothing is ever found or killed by name.
"""

from __future__ import annotations

import hashlib
import json
import os
import select
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from buildbot_common.accounts import Account
from buildbot_common.commands import identity
from buildbot_common.errors import WorkloadError
from buildbot_common.files import directory, remove, write
from buildbot_common.services import Change, Service

KILL_SECONDS = 10  # SIGKILL needs no more than the kernel's own time; longer means a process stuck in it


@dataclass(frozen=True)
class Record:
    pid: int
    started: int  # clock ticks since boot, field 22 of /proc/PID/stat
    definition: str


class Processes:
    def __init__(self, state: Path) -> None:
        self._state = state

    def ensure(self, service: Service) -> Change:
        record = self._record(service)
        if record is None or not is_alive(record):
            self._start(service)
            return Change.STARTED
        if record.definition == definition_of(service):
            return Change.NOTHING
        self.renew(service)
        return Change.RESTARTED

    def reload(self, service: Service) -> None:
        self._signal(service, signal.SIGHUP)

    def renew(self, service: Service) -> None:
        """Nobody is here to wait until the work is done, so it is not waited for."""
        self.stop(service)
        self._start(service)

    def stop(self, service: Service) -> None:
        record = self._record(service)
        if record is not None and is_alive(record):
            end(record, service)
        self._pid_file(service).unlink(missing_ok=True)

    def is_running(self, service: Service) -> bool:
        record = self._record(service)
        return record is not None and is_alive(record)

    def remove(self, service: Service) -> None:
        self.stop(service)
        self._log(service).unlink(missing_ok=True)
        if self._state.is_dir() and not any(self._state.iterdir()):
            remove(self._state)

    def _start(self, service: Service) -> None:
        directory(self._state, Account.current())
        who = identity(service.account)
        with self._log(service).open("ab") as log:
            process = subprocess.Popen(
                service.command,
                cwd=service.directory,
                env=dict(service.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=who.user,
                group=who.group,
                extra_groups=who.extra_groups,
            )
        started = start_time(process.pid)
        if started is None:
            raise WorkloadError(f"{service.name} ended at once (hint: read {self._log(service)})")
        record = {"pid": process.pid, "started": started, "definition": definition_of(service)}
        write(self._pid_file(service), json.dumps(record) + "\n", Account.current())

    def _signal(self, service: Service, number: signal.Signals) -> None:
        record = self._record(service)
        if record is None or not is_alive(record):
            raise WorkloadError(f"{service.name} does not run")
        os.kill(record.pid, number)

    def _record(self, service: Service) -> Record | None:
        try:
            return Record(**json.loads(self._pid_file(service).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise WorkloadError(f"{self._pid_file(service)} is no pid file of this program: {error}") from error

    def _pid_file(self, service: Service) -> Path:
        return self._state / f"{service.name}.pid"

    def _log(self, service: Service) -> Path:
        return self._state / f"{service.name}.log"


def definition_of(service: Service) -> str:
    """Names what a running process was started with, secrets of its environment not to be read from it."""
    parts = [service.command, service.directory, service.account.name, sorted(service.environment.items())]
    return hashlib.sha256(f"{parts} {service.revision}".encode()).hexdigest()


def start_time(pid: int) -> int | None:
    """None for a process that is gone, or dead and only not yet waited for."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def is_alive(record: Record) -> bool:
    return start_time(record.pid) == record.started


def end(record: Record, service: Service) -> None:
    """SIGTERM, and SIGKILL for who does not listen. Through a pidfd: the number cannot change hands in between."""
    try:
        pidfd = os.pidfd_open(record.pid)
    except ProcessLookupError:
        return
    try:
        if not is_alive(record):
            return
        for number, seconds in ((signal.SIGTERM, service.stop_seconds), (signal.SIGKILL, KILL_SECONDS)):
            signal.pidfd_send_signal(pidfd, number)
            if wait_for_end(pidfd, seconds):
                return
    finally:
        os.close(pidfd)
    raise WorkloadError(f"{service.name}: process {record.pid} does not end, not even by SIGKILL")


def wait_for_end(pidfd: int, seconds: float) -> bool:
    """A pidfd becomes readable when its process has ended, also where the process is somebody else's child."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if poll.poll(left * 1000):
            return True
    return False
