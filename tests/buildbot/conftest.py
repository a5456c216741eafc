"""A master and workers for all tests of a session."""

import os
import pathlib
from collections.abc import Iterator

import pytest
from deployment import CHECKOUT, Deployment
from project import Project

# The suite is run by sharder, in clones.
collect_ignore = ["suite"]
MASTER_CFG = pathlib.Path(__file__).with_name("master.cfg")
WORKERS = 4


@pytest.fixture(scope="session")
def program() -> str:
    path = pathlib.Path(os.environ.get("SHARDER_PROGRAM", CHECKOUT / "build/release/bin/sharder")).absolute()
    assert os.access(path, os.X_OK), f"{path} is no program (hint: scripts/build, or set SHARDER_PROGRAM)"
    return str(path)


@pytest.fixture(scope="session")
def virtual_environment() -> pathlib.Path:
    """For Buildbot. It takes a minute to make, so it stays."""
    return CHECKOUT / "build" / "buildbot" / "deployed"


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("git") / "shop")


@pytest.fixture(scope="session")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, virtual_environment: pathlib.Path, program: str, project: Project
) -> Iterator[Deployment]:
    deployed = Deployment(tmp_path_factory.mktemp("deployment") / "buildbot", virtual_environment)
    try:
        deployed.install(
            "--repository", str(project.directory), "--workers", str(WORKERS), "--sharder", program,
            "--master-cfg", str(MASTER_CFG),
        )  # fmt: skip
        yield deployed
    finally:
        deployed.remove()
