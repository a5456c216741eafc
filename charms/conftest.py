"""What all tests of the charms share: where the code is, and each charm as ops.testing wants it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from ops import testing

CHARMS = Path(__file__).parent
for part in ("common", "deploy", "buildbot-master", "buildbot-worker"):
    sys.path.insert(0, str(CHARMS / part / "src"))

from buildbot_common.virtualenv import VirtualEnvironment  # noqa: E402

APART = ("config", "actions", "parts", "platforms", "base", "type")  # keys that are no metadata of Juju


@dataclass(frozen=True)
class Charm:
    """A module of its own: both charms call theirs `charm`."""

    module: ModuleType
    yaml: dict[str, Any]
    charm_type: str

    def parameters(self, action: str, **given: object) -> dict[str, object]:
        """With the defaults, which Juju adds and ops.testing does not."""
        declared = self.yaml["actions"][action].get("params", {})
        return {**{name: each["default"] for name, each in declared.items() if "default" in each}, **given}

    def context(self) -> testing.Context[Any]:
        return testing.Context(
            getattr(self.module, self.charm_type),
            meta={key: value for key, value in self.yaml.items() if key not in APART},
            config=self.yaml["config"],
            actions=self.yaml["actions"],
        )


def load(name: str, charm_type: str) -> Charm:
    root = CHARMS / name
    module_name = f"charm_of_{name.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(module_name, root / "src" / "charm.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    return Charm(module, yaml.safe_load((root / "charmcraft.yaml").read_text()), charm_type)


@pytest.fixture(scope="session")
def master_charm() -> Charm:
    return load("buildbot-master", "BuildbotMasterCharm")


@pytest.fixture(scope="session")
def worker_charm() -> Charm:
    return load("buildbot-worker", "BuildbotWorkerCharm")


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> VirtualEnvironment:
    """A real Buildbot, made once for all tests: where SHARDER_BUILDBOT_VENV says, or in a directory of theirs."""
    given = os.environ.get("SHARDER_BUILDBOT_VENV")
    path = Path(given) if given else tmp_path_factory.mktemp("venv") / "venv"
    made = VirtualEnvironment(path, sources=(CHARMS / "buildbot-sharder",))
    made.ensure()
    return made


@pytest.fixture(scope="session")
def sharder() -> Path:
    """The real program."""
    default = CHARMS.parent / "build/release/bin/sharder"
    program = Path(os.environ.get("SHARDER_PROGRAM", default)).absolute()
    assert os.access(program, os.X_OK), f"{program} is no program (hint: scripts/build, or set SHARDER_PROGRAM)"
    return program


@dataclass(frozen=True)
class Project:
    """A git repository with tests that are scripts."""

    directory: Path

    def commit(self, **tests: str) -> None:
        for name, text in tests.items():
            file = self.directory / "tests" / f"{name}.sh"
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"#!/bin/sh\n{text}\n")
            file.chmod(0o755)
        self._git("add", "--all")
        self._git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--message=tests")

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.directory, check=True)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(made.directory)], check=True)
    (made.directory / "sharder.toml").write_text(
        'project = "project"\n[suite.checks]\nframework = "exec"\nprograms = ["tests/*.sh"]\n'
    )
    made.commit(first="true", second="test -d tests")
    return made
