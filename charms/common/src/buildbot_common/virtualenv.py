"""A virtual environment with what a requirements file pins, made once and again when the file changes."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from buildbot_common.accounts import Account
from buildbot_common.commands import run
from buildbot_common.files import write

REQUIREMENTS = Path(__file__).with_name("requirements-buildbot.txt")


class VirtualEnvironment:
    """`sources` are directories of Python packages that no index has; they are installed without dependencies."""

    def __init__(self, path: Path, requirements: Path = REQUIREMENTS, sources: tuple[Path, ...] = ()) -> None:
        self.path = path
        self._requirements = requirements
        self._sources = sources

    def program(self, name: str) -> Path:
        return self.path / "bin" / name

    def ensure(self) -> bool:
        """True if something was installed. Several deployments may share one: the same content is made only once."""
        stamp = self.path / "installed.sha256"
        if stamp.exists() and stamp.read_text(encoding="utf-8").strip() == self.content:
            return False
        if not self.program("pip").exists():
            run([sys.executable, "-m", "venv", str(self.path)])
        self._pip("--requirement", str(self._requirements))
        for source in self._sources:
            self._pip("--no-deps", "--force-reinstall", str(source))
        write(stamp, self.content + "\n", Account.current())
        return True

    @property
    def content(self) -> str:
        """Names the pins and the sources: what was installed from others is replaced."""
        digest = hashlib.sha256(self._requirements.read_bytes())
        for source in self._sources:
            for path in [*sorted(source.rglob("*.py")), source / "pyproject.toml"]:
                digest.update(str(path.relative_to(source)).encode() + path.read_bytes())
        return digest.hexdigest()

    def _pip(self, *arguments: str) -> None:
        run([str(self.program("pip")), "install", "--quiet", "--disable-pip-version-check", *arguments])
