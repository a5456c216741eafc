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
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("git") / "shop")


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory, program: str, project: Project) -> Iterator[Deployment]:
    yield from deployed(tmp_path_factory.mktemp("deployment"), "deployed", program, project)


@pytest.fixture(scope="session")
def older_deployment(tmp_path_factory: pytest.TempPathFactory, program: str, project: Project) -> Iterator[Deployment]:
    requirements = pathlib.Path(__file__).with_name("requirements-3.7.txt")
    directory = tmp_path_factory.mktemp("older-deployment")
    yield from deployed(directory, "deployed-3.7", program, project, "--requirements", str(requirements))


def deployed(
    directory: pathlib.Path, environment: str, program: str, project: Project, *arguments: str
) -> Iterator[Deployment]:
    """The virtual environment takes a minute to make, so it stays, for the next time."""
    made = Deployment(directory / "buildbot", CHECKOUT / "build" / "buildbot" / environment)
    try:
        made.install(
            "--repository", str(project.directory), "--workers", str(WORKERS), "--sharder", program,
            "--master-cfg", str(MASTER_CFG), *arguments,
        )  # fmt: skip
        yield made
    finally:
        made.remove()
