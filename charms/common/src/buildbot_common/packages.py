"""Debian packages: what is missing is installed, and nothing is upgraded or removed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from buildbot_common.commands import run
from buildbot_common.errors import WorkloadError

LOCK_SECONDS = 300  # machines upgrade themselves for minutes after their first boot


def ensure(names: Sequence[str]) -> None:
    missing = [name for name in names if not installed_version(name)]
    if missing:
        _apt("update")
        _apt("install", *missing)


def ensure_file(package: Path) -> None:
    """Of a .deb. A resource that nobody attached is an empty file."""
    if not package.exists() or package.stat().st_size == 0:
        raise WorkloadError(f"{package} is no Debian package: it is empty")
    name, version = _fields(package)
    if installed_version(name) != version:
        _apt("update")
        _apt("install", "--allow-downgrades", str(package.absolute()))


def installed_version(name: str) -> str:
    """Empty where it is not installed."""
    done = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${db:Status-Abbrev}${Version}", name],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout[3:] if done.stdout.startswith("ii ") else ""


def _fields(package: Path) -> tuple[str, str]:
    shown = run(["dpkg-deb", "--show", "--showformat=${Package}\t${Version}", str(package)]).stdout
    name, _, version = shown.strip().partition("\t")
    return name, version


def _apt(command: str, *arguments: str) -> None:
    run(
        [
            "apt-get",
            command,
            "--quiet",
            "--yes",
            "--no-install-recommends",
            f"-oDPkg::Lock::Timeout={LOCK_SECONDS}",
            *arguments,
        ],
        environment={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )
