"""What all tests of the charms share: where the code is, and each charm as ops.testing wants it."""

from __future__ import annotations

import importlib.util
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
