"""A real Buildbot master and real workers on loopback, in a directory of their own."""

import http.client
import os
import pathlib
import signal
import socket
import subprocess
import sys

from rest import Rest, wait_for

PASSWORD = "not-a-secret-on-loopback"
START_SECONDS = 90
STOP_SECONDS = 30


# The file that "buildbot-worker create-worker" writes, without what does not matter here; that program takes a second.
WORKER_TAC = """
from buildbot_worker.bot import Worker
from twisted.application import service

application = service.Application("buildbot-worker")
Worker("127.0.0.1", {port}, "{name}", "{password}", "{directory}", 600, maxdelay=1).setServiceParent(application)
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Deployment:
    """Starts a master with the given master.cfg, and workers by name."""

    def __init__(self, directory: pathlib.Path, master_cfg: pathlib.Path, workers: list[str], **settings: str):
        self.directory = directory
        self.master_directory = directory / "master"
        self.web_port, self.worker_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.web_port}/"
        self.rest = Rest(self.url)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._binaries = pathlib.Path(sys.executable).parent
        self._workers = workers
        self._environment = {
            **os.environ,
            "PATH": f"{self._binaries}:{os.environ['PATH']}",
            "TEST_WEB_PORT": str(self.web_port),
            "TEST_WORKER_PORT": str(self.worker_port),
            "TEST_PASSWORD": PASSWORD,
            **settings,
        }
        self._master_cfg = master_cfg

    def start(self) -> None:
        self._run("buildbot", "create-master", str(self.master_directory))
        (self.master_directory / "master.cfg").write_text(self._master_cfg.read_text())
        self._spawn("master", self.master_directory)
        wait_for(self._answers, "the master's pages", START_SECONDS)
        for worker in self._workers:
            self._start_worker(worker)
        wait_for(self._all_connected, f"{len(self._workers)} workers to join the master", START_SECONDS)

    def stop(self) -> None:
        for name, process in self.processes.items():
            if name != "master":
                _end(process)
        if "master" in self.processes:
            _end(self.processes["master"])

    def send_change(self, branch: str, revision: str, repository: str) -> None:
        self._run(
            "buildbot", "sendchange", "--master", f"127.0.0.1:{self.worker_port}",
            "--auth", f"change:{PASSWORD}", "--who", "Ada <ada@example.org>", "--vc", "git",
            "--repository", repository, "--branch", branch, "--revision", revision, "suite",
        )  # fmt: skip

    def worker_directory(self, name: str) -> pathlib.Path:
        return self.directory / name

    def said(self, name: str) -> str:
        """What a process wrote and logged."""
        files = [self.directory / f"{name}.out", self.directory / name / "twistd.log"]
        return "".join(path.read_text(errors="replace") for path in files if path.exists())

    def _start_worker(self, name: str) -> None:
        directory = self.directory / name
        directory.mkdir()
        (directory / "buildbot.tac").write_text(
            WORKER_TAC.format(port=self.worker_port, name=name, password=PASSWORD, directory=directory)
        )
        self._spawn(name, directory)

    def _spawn(self, name: str, directory: pathlib.Path) -> None:
        with open(self.directory / f"{name}.out", "wb") as output:
            self.processes[name] = subprocess.Popen(
                [self._binaries / "twistd", "--nodaemon", "--no_save", "--pidfile=", "--python=buildbot.tac"],
                cwd=directory, env=self._environment, stdout=output, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, process_group=0,
            )  # fmt: skip

    def _answers(self) -> bool:
        for name, process in self.processes.items():
            assert process.poll() is None, f"{name} ended:\n{self.said(name)[-4000:]}"
        try:
            return bool(self.rest.get("masters"))
        except (OSError, http.client.HTTPException):
            # While it begins, the master accepts connections that it does not answer.
            return False

    def _all_connected(self) -> bool:
        workers = self.rest.get("workers")["workers"] if self._answers() else []
        return sum(bool(worker["connected_to"]) for worker in workers) >= len(self._workers)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
