"""What the operator asked for, kept in deployment.json, so that install can be called again with what shall change."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from buildbot_common.accounts import Account
from buildbot_common.errors import UsageError
from buildbot_common.files import write
from buildbot_common.virtualenv import REQUIREMENTS

HIDDEN = Path("/var/lib/buildbot")  # by default, sharder's clones of this machine do not see what is beneath
DEFAULT_DIRECTORY = HIDDEN / "sharder"
FILE = "deployment.json"
PATHS = ("directory", "sharder", "deb", "venv", "requirements", "master_cfg")


@dataclass(frozen=True)
class Answers:
    directory: Path
    repository: str = ""
    branches: tuple[str, ...] = ()
    builders: tuple[str, ...] = ("parallel",)
    build_command: str = ""
    poll_seconds: int = 60
    settle_seconds: int = 10
    master_cfg: Path | None = None
    workers: int = 1
    containers: int = 0
    base: str = ""
    user: str = ""
    sharder: Path | None = None
    deb: Path | None = None
    interface: str = "127.0.0.1"
    www_port: int = 8010
    port: int = 9989
    url: str = ""
    admin: str = "admin"
    requirements: Path = REQUIREMENTS
    venv: Path | None = None

    @classmethod
    def load(cls, directory: Path) -> Answers:
        """The answers given before; the defaults where nothing is deployed."""
        file = directory / FILE
        if not file.exists():
            if directory.exists() and any(directory.iterdir()):
                raise UsageError(f"{directory} has something else in it (hint: --directory with a new one)")
            return cls(directory)
        try:
            read = json.loads(file.read_text(encoding="utf-8"))
            return cls(**{name: _typed(name, value) for name, value in read.items()})
        except (ValueError, TypeError) as error:
            raise UsageError(f"{file} cannot be read: {error}") from error

    @classmethod
    def existing(cls, directory: Path) -> Answers:
        if not (directory / FILE).exists():
            raise UsageError(
                f"nothing is deployed in {directory} (hint: --directory, or scripts/deploy-buildbot install)"
            )
        return cls.load(directory)

    def changed(self, given: Mapping[str, object]) -> Answers:
        """`given` has None for what the operator left out."""
        return replace(
            self, **{name: _typed(name, value) for name, value in given.items() if value is not None}
        ).resolved()

    def resolved(self) -> Answers:
        """With ports chosen and the program found: what a later call must find again."""
        if not self.repository:
            raise UsageError("which repository shall be built? (hint: --repository URL)")
        if self.workers < 1:
            raise UsageError(f"--workers {self.workers}: at least one builds")
        found = replace(
            self,
            www_port=self.www_port or free_port(self.interface),
            port=self.port or free_port(self.interface),
            user=self.user or Account.current().name,
        )
        if found.deb:
            return replace(found, sharder=Path("/usr/bin/sharder"))
        return replace(found, sharder=found.sharder or program_in_path())

    def save(self) -> None:
        text = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}
        write(self.directory / FILE, json.dumps(text, indent=2) + "\n", Account.current())

    @property
    def venv_directory(self) -> Path:
        return self.venv or self.directory / "venv"


def _typed(name: str, value: object) -> Any:
    if name not in {field.name for field in fields(Answers)}:
        raise TypeError(f"{name} is not known to this version")
    if name in PATHS and value is not None:
        return Path(str(value))
    return tuple(value) if isinstance(value, list) else value


def free_port(interface: str) -> int:
    with socket.create_server((interface, 0)) as server:
        return int(server.getsockname()[1])


def program_in_path() -> Path:
    found = shutil.which("sharder")
    if found is None:
        raise UsageError("there is no sharder in PATH (hint: --sharder build/release/bin/sharder, or --deb FILE)")
    return Path(found).absolute()
