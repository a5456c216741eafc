"""A real worker and a real master, through the workload modules alone: join, new password, leave, remove."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from buildbot_common.accounts import Account
from buildbot_common.processes import Processes
from buildbot_common.services import Change
from buildbot_common.virtualenv import VirtualEnvironment
from buildbot_deploy.answers import free_port
from buildbot_master import BuildbotMaster
from buildbot_worker import BuildbotWorker, Connection, Join, Surroundings
from master_settings import JoinedWorker, Settings

PATIENCE_SECONDS = 300  # ten on an idle machine
ME = Account.current()
SURROUNDINGS = Surroundings(Path("/usr/bin/sharder"))


def test_builds_find_sharder_first_and_no_more_than_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET_OF_THE_CALLER", "x")
    variables = Surroundings(Path("/opt/sharder/bin/sharder"), containers=6, base="ci").variables(ME)
    assert variables["PATH"].split(":")[0] == "/opt/sharder/bin"
    assert (variables["SHARDER_RUN_WORKERS"], variables["SHARDER_RUN_BASE"]) == ("6", "ci")
    assert "A_SECRET_OF_THE_CALLER" not in variables
    assert "SHARDER_RUN_WORKERS" not in SURROUNDINGS.variables(ME)


@pytest.mark.parametrize(
    ("log", "state"),
    [
        ("", Connection.TRYING),
        ("Starting Worker -- version: 4.3.0", Connection.TRYING),
        ("Connected to buildmaster; worker is ready", Connection.JOINED),
        (
            "Connected to buildmaster; worker is ready\nunauthorized login; check worker name and password",
            Connection.REFUSED,
        ),
        ("Connected to buildmaster; worker is ready\nMain loop terminated.\nServer Shut Down.", Connection.ENDED),
        ("unauthorized login; check worker name and password\nStarting Worker -- version", Connection.TRYING),
    ],
)
def test_the_last_word_of_the_log_counts(tmp_path: Path, log: str, state: Connection) -> None:
    (tmp_path / "twistd.log").write_text(log)
    worker = BuildbotWorker(tmp_path, VirtualEnvironment(tmp_path / "venv"), Processes(tmp_path / "s"), ME)
    assert worker.connection() is state


@pytest.fixture
def settings(project: Any) -> Settings:
    www, workers = free_port("127.0.0.1"), free_port("127.0.0.1")
    url = f"http://127.0.0.1:{www}/"
    return Settings(str(project.directory), url, www_port=www, worker_port=workers, poll_seconds=3600)


@pytest.fixture
def master(tmp_path: Path, environment: VirtualEnvironment) -> Iterator[BuildbotMaster]:
    made = BuildbotMaster(tmp_path / "master", environment, Processes(tmp_path / "services"), ME)
    yield made
    made.remove()
    assert not (tmp_path / "master").exists()


@pytest.fixture
def worker(tmp_path: Path, environment: VirtualEnvironment) -> Iterator[BuildbotWorker]:
    made = BuildbotWorker(tmp_path / "worker", environment, Processes(tmp_path / "services"), ME)
    yield made
    made.remove()
    assert not (tmp_path / "worker").exists()


@pytest.mark.real
def test_a_worker_joins_takes_a_new_password_and_leaves(
    tmp_path: Path, settings: Settings, master: BuildbotMaster, worker: BuildbotWorker
) -> None:
    known = JoinedWorker("w", "first-password", ("parallel",))
    join = Join("127.0.0.1", settings.worker_port, "w", known.password)
    assert master.deploy(settings, [known]) is Change.STARTED
    assert worker.deploy(join, SURROUNDINGS, "a machine") is Change.STARTED
    worker.wait_until_joined(PATIENCE_SECONDS)
    assert worker.deploy(join, SURROUNDINGS, "a machine") is Change.NOTHING

    renewed = dataclasses.replace(known, password="second-password")
    assert master.deploy(settings, [renewed]) is Change.NOTHING, "it reads its passwords again, and goes on"
    assert worker.deploy(dataclasses.replace(join, password="second-password"), SURROUNDINGS, "m") is Change.RESTARTED
    worker.wait_until_joined(PATIENCE_SECONDS)

    worker.leave()
    assert (worker.is_running, (tmp_path / "worker" / "password").exists()) == (False, False)
    assert master.deploy(settings, []) is Change.NOTHING
    assert list((tmp_path / "master" / "secrets").glob("worker-*")) == []
