"""What both charms tell charmcraft and Charmhub."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import yaml

CHARMS = Path(__file__).parents[2]
SCHEMA = os.environ.get("SHARDER_CHARMCRAFT_SCHEMA", "")
BOTH = pytest.mark.parametrize("name", ["buildbot-master", "buildbot-worker"])


def declared(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((CHARMS / name / "charmcraft.yaml").read_text()))


@BOTH
@pytest.mark.skipif(not SCHEMA, reason="SHARDER_CHARMCRAFT_SCHEMA names no schema; scripts/test-charms does")
def test_charmcraft_yaml_is_as_charmcraft_wants_it(name: str) -> None:
    jsonschema.validate(declared(name), json.loads(Path(SCHEMA).read_text()))


@BOTH
def test_every_option_has_a_default_and_says_what_it_is_for(name: str) -> None:
    for option, about in declared(name)["config"]["options"].items():
        assert "default" in about, option
        assert about["description"].strip().endswith("."), option


@BOTH
def test_every_action_is_described_and_takes_nothing_undeclared(name: str) -> None:
    for action, about in declared(name)["actions"].items():
        assert about["description"].strip().endswith("."), action
        assert about["additionalProperties"] is False, action


@BOTH
def test_the_readme_names_every_option_and_action(name: str) -> None:
    readme = (CHARMS / name / "README.md").read_text()
    known = [*declared(name)["config"]["options"], *declared(name)["actions"]]
    assert [word for word in known if f"`{word}`" not in readme] == []


@BOTH
def test_what_charmhub_shows_is_there(name: str) -> None:
    root = CHARMS / name
    icon = ElementTree.parse(root / "icon.svg").getroot()
    assert (icon.get("width"), icon.get("height")) == ("100", "100")
    assert len(declared(name)["summary"]) < 79
    for file in ("README.md", "CONTRIBUTING.md", "uv.lock"):
        assert (root / file).is_file(), file


@BOTH
def test_what_is_shared_is_found_where_it_is_linked_to(name: str) -> None:
    project = tomllib.loads((CHARMS / name / "pyproject.toml").read_text())
    for about in project["tool"]["uv"]["sources"].values():
        assert (CHARMS / name / about["path"] / "pyproject.toml").is_file()
    for part in declared(name)["parts"].values():
        assert (CHARMS / name / part["source"]).is_dir()


@BOTH
def test_what_is_packed_starts_by_itself(name: str, tmp_path: Path) -> None:
    """As charmcraft's plugin uv does it, with the system's Python: the locked packages, and the charm's modules."""
    packer = [CHARMS.parent / "scripts/pack-charm", "--stage", name]
    stage = Path(subprocess.run(packer, check=True, capture_output=True, text=True).stdout.strip())
    assert [path for path in stage.rglob("*") if path.is_symlink()] == []
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(tmp_path / "venv"), "PYTHONDONTWRITEBYTECODE": "1"}
    uv = [
        sys.executable,
        "-m",
        "uv",
        "sync",
        "--quiet",
        "--frozen",
        "--no-dev",
        "--no-editable",
        "--no-install-project",
    ]
    subprocess.run([*uv, "--python", "/usr/bin/python3"], cwd=stage, env=environment, check=True)
    python = tmp_path / "venv" / "bin" / "python"
    shutil.rmtree(stage / "packages")
    script = "import charm, buildbot_common.virtualenv as v; print(v.REQUIREMENTS.read_text())"
    done = subprocess.run([python, "-c", script], cwd=stage / "src", env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "buildbot==4.3.0" in done.stdout
