"""Services: what runs for as long as it is wanted. Under systemd where that is PID 1, as plain processes otherwise."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from buildbot_common.accounts import Account


class Change(enum.Enum):
    NOTHING = "was running"
    STARTED = "started"
    RESTARTED = "restarted"


@dataclass(frozen=True)
class Service:
    """`name` is the machine's: two deployments have different ones.

    `revision` names the state of everything that the service reads only when it starts: another one means a restart.
    With `drains` the process ends on SIGHUP as soon as it has nothing to do; without, SIGHUP makes it read its
    configuration again.
    """

    name: str
    description: str
    command: tuple[str, ...]
    directory: Path
    account: Account
    environment: Mapping[str, str] = field(default_factory=dict)
    revision: str = ""
    drains: bool = False
    stop_seconds: int = 60


class Supervisor(Protocol):
    def ensure(self, service: Service) -> Change:
        """Starts it if it does not run; restarts it if it runs by another definition or revision."""

    def reload(self, service: Service) -> None:
        """Sends SIGHUP."""

    def renew(self, service: Service) -> None:
        """A new process in place of the running one, which may finish its work first where someone can wait for it."""

    def stop(self, service: Service) -> None:
        """Returns when it has ended."""

    def is_running(self, service: Service) -> bool: ...

    def remove(self, service: Service) -> None:
        """Stops it and forgets it."""
