"""Finds the runners to compare with: what Debian lacks is looked for elsewhere, or stood in for, and said so."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .measure import environment


@dataclass(frozen=True)
class Xdist:
    ways: list[str]
    environment: dict[str, str]
    note: str


@dataclass(frozen=True)
class GtestParallel:
    name: str
    command: list[str]
    note: str


@dataclass(frozen=True)
class Peers:
    xdist: Xdist
    gtest_parallel: GtestParallel


def find_peers(directory: Path, gtest_parallel: Path | None) -> Peers:
    return Peers(_xdist(directory / "xdist"), _gtest_parallel(gtest_parallel))


def _xdist(directory: Path) -> Xdist:
    """Debian 12 has 3.1; worksteal came with 3.2."""
    if "worksteal" in _xdist_help({}):
        return Xdist(["load", "worksteal"], {}, "")
    subprocess.run(["python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--target", str(directory), "pytest-xdist>=3.5,<4", "execnet>=2.1,<3"],
                   env=os.environ | environment(), capture_output=True)
    newer = {"PYTHONPATH": str(directory)}
    if directory.is_dir() and "worksteal" in _xdist_help(newer):
        return Xdist(["load", "worksteal"], newer, "")
    return Xdist(["load"], {}, "pytest-xdist without worksteal: 3.2 or later cannot be installed here")


def _xdist_help(more: dict[str, str]) -> str:
    return subprocess.run(["python3", "-m", "pytest", "--help"], env=environment() | more, capture_output=True,
                          text=True).stdout


def _gtest_parallel(path: Path | None) -> GtestParallel:
    program = path or shutil.which("gtest-parallel", path=environment()["PATH"])
    if program:
        return GtestParallel("gtest-parallel", ["python3", str(program)], "")
    return GtestParallel("gtest-parallel's policy", [sys.executable, str(Path(__file__).with_name("longest_first.py"))],
                         "gtest-parallel is not installed: a stand-in of ours has its policy, a process per test, the "
                         "longest first, unknown before known (--gtest-parallel FILE takes the real one)")
