"""scripts/deploy-buildbot, for real: a master, workers, a repository, builds in clones."""

import json
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from buildbot_common.processes import start_time
from buildbot_common.virtualenv import VirtualEnvironment
from buildbot_deploy.answers import HIDDEN, Answers
from buildbot_deploy.cli import main
from buildbot_deploy.deployment import Deployment
from master_client import Build

pytestmark = pytest.mark.real
PATIENCE_SECONDS = 300  # ten on an idle machine


@dataclass
class Place:
    """A deployment in a directory of its own, as an operator sees it."""

    directory: Path
    capture: pytest.CaptureFixture[str]

    def call(self, command: str, *arguments: str) -> tuple[int, str, str]:
        status = main([command, *arguments, "--directory", str(self.directory)])
        said = self.capture.readouterr()
        return status, said.out, said.err

    def install(self, *arguments: str) -> str:
        status, out, err = self.call("install", *arguments)
        assert status == 0, err
        return out

    @property
    def deployment(self) -> Deployment:
        return Deployment(Answers.existing(self.directory))

    def places(self) -> dict[str, Any]:
        return dict(json.loads(self.call("status", "--json")[1]))

    def pids(self) -> dict[str, int]:
        """By service; a machine with systemd has no pid files."""
        files = (self.directory / "services").glob("*.pid")
        return {file.stem: json.loads(file.read_text())["pid"] for file in files}

    def secrets(self) -> set[str]:
        files = [*self.directory.glob("master/secrets/*"), *self.directory.glob("workers/*/password")]
        return {file.read_text().strip() for file in files}


def wait_for(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"no {what} after {PATIENCE_SECONDS} s"
        time.sleep(0.2)


def runs_beneath(directory: Path) -> list[int]:
    """Processes that work beneath it: builds of ours, and nobody else's."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if (entry / "cwd").readlink().is_relative_to(directory) and start_time(int(entry.name)) is not None:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.fixture
def place(
    tmp_path: Path,
    project: Any,
    sharder: Path,
    environment: VirtualEnvironment,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Place]:
    made = Place(tmp_path / "buildbot", capsys)
    # With a number of containers a run never waits for other runs on this machine.
    pace = ("--poll-seconds", "1", "--settle-seconds", "0", "--containers", "2")
    ports = ("--port", "auto", "--www-port", "auto", *pace)
    given = ("--repository", str(project.directory), "--sharder", str(sharder), "--venv", str(environment.path))
    try:
        made.install(*given, *ports)
        yield made
    finally:
        if made.directory.exists():
            made.call("remove")


def test_it_builds_changes_and_what_is_forced(place: Place, project: Any) -> None:
    status, out, err = place.call("force", "parallel", "--wait")
    assert (status, "parallel 1: success" in out, "sharder: 2 tests" in out) == (0, True, True), out + err
    project.commit(third="echo broken; exit 1")
    client = place.deployment.client

    def second() -> Build:
        return client.last_build("parallel")

    wait_for(lambda: second().number == 2 and second().result != "", "build of the change")
    assert second().result == "failure"
    status, out, _ = place.call("force", "parallel", "--wait")
    assert (status, "parallel 3: failure" in out) == (1, True)
    assert place.call("force", "absent")[2].endswith("no builder absent (hint: there are parallel)\n")


def test_install_again_changes_nothing_and_running_builds_go_on(place: Place, project: Any) -> None:
    project.commit(long="sleep 15")
    client = place.deployment.client
    request = client.force("parallel", "", "test")
    wait_for(lambda: bool(runs_beneath(place.directory / "workers" / "worker-1" / "parallel")), "running build")
    before = place.pids()
    out = place.install()
    assert out.startswith("master: was running\nworker-1: was running\n")
    assert place.pids() == before
    assert client.wait(request, PATIENCE_SECONDS).result == "success"


def test_stop_ends_running_builds_with_their_clones_and_start_takes_them_up(place: Place, project: Any) -> None:
    project.commit(long="sleep 600")
    client = place.deployment.client
    request = client.force("parallel", "", "test")
    build = place.directory / "workers" / "worker-1" / "parallel" / "build"
    wait_for(lambda: any(build.glob(".sharder/**/journal.ndjson")), "running test run")
    pids = place.pids()
    place.call("stop")
    assert runs_beneath(place.directory) == []
    assert [pid for pid in pids.values() if start_time(pid) is not None] == []
    assert place.call("status")[0] == 3
    project.commit(long="true")
    assert place.call("start")[0] == 0
    assert place.call("status")[0] == 0
    assert client.wait(request, PATIENCE_SECONDS).result == "success"


def test_passwords_are_in_their_files_and_nowhere_else(place: Place) -> None:
    place.call("force", "parallel", "--wait")
    secrets = place.secrets()
    assert len(secrets) == 3
    for path in place.directory.rglob("*"):
        if path.is_file() and not path.is_symlink():
            holds = any(secret.encode() in path.read_bytes() for secret in secrets)
            assert not holds or path.stat().st_mode & 0o777 == 0o600, path
    for pid in place.pids().values():
        for name in ("cmdline", "environ"):
            seen = Path(f"/proc/{pid}/{name}").read_bytes()
            assert not any(secret.encode() in seen for secret in secrets), f"{name} of {pid}"


def test_tests_cannot_read_the_passwords_of_the_deployment(
    project: Any, sharder: Path, environment: VirtualEnvironment, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a clone of this machine, as root, where the deployment lies beneath its usual place."""
    HIDDEN.mkdir(exist_ok=True)
    top = Path(tempfile.mkdtemp(dir=HIDDEN))
    place = Place(top, capsys)
    project.commit(third=f"pwd; ls -R {top}; ! ls {top}/workers/*/password {top}/master/secrets/*")
    ports = ("--port", "auto", "--www-port", "auto", "--containers", "2")
    given = ("--repository", str(project.directory), "--sharder", str(sharder), "--venv", str(environment.path))
    try:
        assert "note:" not in place.install(*given, *ports)
        status, out, _ = place.call("force", "parallel", "--wait")
        assert (status, "sharder: 3 tests" in out) == (0, True), out
    finally:
        place.call("remove")
    assert not top.exists()


def test_only_the_administrator_may_force_builds(place: Place) -> None:
    url = place.places()["url"]
    call = {"jsonrpc": "2.0", "id": 1, "method": "force", "params": {"builderid": 1, "reason": "r"}}
    request = urllib.request.Request(
        f"{url}api/v2/forceschedulers/force",
        data=json.dumps(call).encode(),
        headers={"Content-Type": "application/json"},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    assert refused.value.code == 403
    place.install("--admin", "")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


def test_a_master_cfg_that_buildbot_refuses_is_not_put_in_force(place: Place, tmp_path: Path) -> None:
    cfg = place.directory / "master" / "master.cfg"
    before = cfg.read_text()
    (tmp_path / "own.cfg").write_text("c = BuildmasterConfig = {'workers': []}\n")
    status, _, err = place.call("install", "--master-cfg", str(tmp_path / "own.cfg"))
    assert status == 1
    assert "master.cfg is wrong; the one before stays in force" in err
    assert "no builders are configured" in err
    assert (cfg.read_text(), place.deployment.master.is_running) == (before, True)


def test_a_master_cfg_of_ones_own_gets_the_workers(place: Place, tmp_path: Path) -> None:
    (tmp_path / "own.cfg").write_text(
        "from buildbot.plugins import schedulers, steps, util\n"
        "from joined import login, settings, workers\n"
        "names = [each.name for each in workers()]\n"
        "own = util.BuilderConfig(name='own', workernames=names, factory=util.BuildFactory([\n"
        "    steps.ShellCommand(command=['echo', 'mine'], name='echo')]))\n"
        "c = BuildmasterConfig = dict(workers=workers(), builders=[own], protocols={'pb': {'port': \n"
        "    settings()['worker_port']}}, www=dict(port=settings()['www_port'], **login()),\n"
        "    schedulers=[schedulers.ForceScheduler(name='force', builderNames=['own'])],\n"
        "    db={'db_url': 'sqlite:///state.sqlite'}, buildbotURL=settings()['url'], buildbotNetUsageData=None)\n"
    )
    place.install("--master-cfg", str(tmp_path / "own.cfg"))
    wait_for(lambda: place.call("force", "own", "--wait")[0] == 0, "build of the own master.cfg")


def test_workers_come_and_go(place: Place) -> None:
    out = place.install("--workers", "2", "--containers", "1")
    assert "worker-2: started" in out
    assert "worker-1: restarted" in out, "its share of the machine is smaller now"
    assert place.places()["services"] == {"master": "runs", "worker-1": "joined", "worker-2": "joined"}
    place.install("--workers", "1")
    assert not (place.directory / "workers" / "worker-2").exists()
    assert not (place.directory / "master" / "secrets" / "worker-worker-2").exists()
    assert [each["name"] for each in json.loads((place.directory / "master" / "workers.json").read_text())] == [
        "worker-1"
    ]


def test_remove_leaves_nothing(place: Place, environment: VirtualEnvironment) -> None:
    ports = [place.places()[name] for name in ("www_port", "worker_port")]
    pids = place.pids()
    assert place.call("remove")[:2] == (0, f"removed: {place.directory}\n")
    assert not place.directory.exists()
    assert [pid for pid in pids.values() if start_time(pid) is not None] == []
    for port in ports:
        with socket.create_server(("127.0.0.1", port)):
            pass
    assert environment.program("buildbot").exists(), "a shared virtual environment is not ours to remove"
    status, _, err = place.call("remove")
    assert (status, "nothing is deployed in" in err) == (1, True)


def test_what_is_asked_for_wrongly_is_said_and_nothing_is_made(
    tmp_path: Path, sharder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path / "new", capsys)
    program = ("--sharder", str(sharder))
    assert "which repository shall be built?" in place.call("install", *program)[2]
    repository = ("--repository", "r")
    assert "at least one builds" in place.call("install", *program, *repository, "--workers", "0")[2]
    assert "builder 'a b'" in place.call("install", *program, *repository, "--builder", "a b")[2]
    assert "cannot run" in place.call("install", *repository, "--sharder", str(tmp_path / "absent"))[2]
    assert "no account" in place.call("install", *program, *repository, "--user", "nobody-of-that-name")[2]
    assert not place.directory.exists()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thing").touch()
    other = Place(tmp_path / "other", capsys)
    assert "has something else in it" in other.call("install", *program, *repository)[2]
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["thing"]
