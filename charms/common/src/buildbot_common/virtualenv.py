"""A virtual environment with what a requirements file pins, made once and again when the file changes."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

from buildbot_common import files
from buildbot_common.accounts import Account
from buildbot_common.commands import run

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
        """True if something was installed. Several deployments may share one, and ask for it at the same time."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(f".{self.path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return self._ensure()

    def remove(self) -> None:
        files.remove(self.path)
        self.path.with_name(f".{self.path.name}.lock").unlink(missing_ok=True)

    def _ensure(self) -> bool:
        stamp = self.path / "installed.sha256"
        if stamp.exists() and stamp.read_text(encoding="utf-8").strip() == self.content:
            return False
        if not self.program("pip").exists():
            run([sys.executable, "-m", "venv", str(self.path)])
        self._pip("--requirement", str(self._requirements))
        for source in self._sources:
            self._install(source)
        files.write(stamp, self.content + "\n", Account.current())
        return True

    @property
    def content(self) -> str:
        """Names the pins and the sources: what was installed from others is replaced."""
        digest = hashlib.sha256(self._requirements.read_bytes())
        for source in self._sources:
            for path in [*sorted(source.rglob("*.py")), source / "pyproject.toml"]:
                digest.update(str(path.relative_to(source)).encode() + path.read_bytes())
        return digest.hexdigest()

    def _install(self, source: Path) -> None:
        """From a copy: setuptools writes into the directory that it builds from."""
        with tempfile.TemporaryDirectory(prefix="buildbot-install-") as top:
            copy = shutil.copytree(source, Path(top) / source.name)
            self._pip("--no-deps", "--force-reinstall", str(copy))

    def _pip(self, *arguments: str) -> None:
        run([str(self.program("pip")), "install", "--quiet", "--disable-pip-version-check", *arguments])
