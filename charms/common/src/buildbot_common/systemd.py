"""Services as units of systemd."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CompletedProcess

from buildbot_common.accounts import Account
from buildbot_common.commands import run
from buildbot_common.files import write
from buildbot_common.services import Change, Service

UNITS = Path("/etc/systemd/system")
NOT_RUNNING = frozenset({0, 3, 4})  # what `systemctl is-active` says of units that run, do not, or do not exist

Systemctl = Callable[[Sequence[str]], "CompletedProcess[str]"]


def systemctl(arguments: Sequence[str]) -> CompletedProcess[str]:
    accept = NOT_RUNNING if "is-active" in arguments else frozenset({0})
    return run(["systemctl", *arguments], accept=accept)


class Systemd:
    """`units` and `systemctl` are parameters so that tests need no systemd."""

    def __init__(self, units: Path = UNITS, systemctl: Systemctl = systemctl) -> None:
        self._units = units
        self._systemctl = systemctl

    def ensure(self, service: Service) -> Change:
        unit = self._units / f"{service.name}.service"
        changed = write(unit, unit_text(service), Account.current())
        if changed:
            self._systemctl(["daemon-reload"])
            self._systemctl(["enable", service.name])
        if not self.is_running(service):
            self._systemctl(["start", service.name])
            return Change.STARTED
        if not changed:
            return Change.NOTHING
        self.renew(service)
        return Change.RESTARTED

    def reload(self, service: Service) -> None:
        self._systemctl(["kill", "--kill-whom=main", "--signal=HUP", service.name])

    def renew(self, service: Service) -> None:
        """A service that drains ends by itself when its work is done, and Restart=always brings the new one."""
        if service.drains:
            self.reload(service)
        else:
            self._systemctl(["restart", service.name])

    def stop(self, service: Service) -> None:
        if self.is_running(service):
            self._systemctl(["stop", service.name])

    def is_running(self, service: Service) -> bool:
        return self._systemctl(["is-active", "--quiet", service.name]).returncode == 0

    def remove(self, service: Service) -> None:
        unit = self._units / f"{service.name}.service"
        if not unit.exists():
            return
        self.stop(service)
        self._systemctl(["disable", service.name])
        unit.unlink()
        self._systemctl(["daemon-reload"])


def unit_text(service: Service) -> str:
    """Delegate: sharder makes a control group for each clone. Every process of the unit gets SIGTERM when it stops, so
    that a run of sharder that is under way ends with its clones."""
    environment = "".join(
        f'Environment="{key}={_escaped(value)}"\n' for key, value in sorted(service.environment.items())
    )
    return f"""\
[Unit]
Description={service.description}
After=network-online.target
Wants=network-online.target
X-Revision={service.revision}

[Service]
Type=exec
User={service.account.name}
WorkingDirectory={service.directory}
{environment}ExecStart={" ".join(_quoted(word) for word in service.command)}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=5
TimeoutStopSec={service.stop_seconds}
Delegate=yes

[Install]
WantedBy=multi-user.target
"""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def _quoted(word: str) -> str:
    return '"' + _escaped(word).replace("$", "$$") + '"'
