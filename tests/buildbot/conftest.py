"""A master and workers for all tests of a session."""

import os
import pathlib
from collections.abc import Iterator

import pytest
from deployment import Deployment
from project import Project

CHECKOUT = pathlib.Path(__file__).parents[2]
# The suite is run by sharder, in clones.
collect_ignore = ["suite"]
WORKERS = ["one", "two", "three", "four"]


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
    deployed = Deployment(
        tmp_path_factory.mktemp("buildbot"), pathlib.Path(__file__).with_name("master.cfg"), WORKERS,
        SHARDER_PROGRAM=program, TEST_REPOSITORY=str(project.directory),
    )  # fmt: skip
    try:
        deployed.start()
        yield deployed
    finally:
        deployed.stop()
