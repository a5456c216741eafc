"""A real Buildbot master and real workers on loopback, by scripts/deploy-buildbot, in a directory of their own."""

import json
import os
import pathlib
import subprocess

from rest import Rest

CHECKOUT = pathlib.Path(__file__).parents[2]
DEPLOY = CHECKOUT / "scripts" / "deploy-buildbot"
DEPLOY_SECONDS = 300


class Deployment:
    """Workers are called worker-1, worker-2 and so on; each is in a directory of its own."""

    def __init__(self, directory: pathlib.Path, virtual_environment: pathlib.Path) -> None:
        self.directory = directory
        self._virtual_environment = virtual_environment
        self._places: dict[str, str] = {}

    def install(self, *arguments: str) -> None:
        ports = ("--www-port", "auto", "--port", "auto", "--admin", "")
        self._deploy("install", *ports, "--venv", str(self._virtual_environment), *arguments)
        self._places = json.loads(self._deploy("status", "--json"))
        self.rest = Rest(self._places["url"])

    def remove(self) -> None:
        if self.directory.exists():
            self._deploy("remove")

    @property
    def url(self) -> str:
        return self._places["url"]

    @property
    def master_directory(self) -> pathlib.Path:
        return pathlib.Path(self._places["master_directory"])

    def worker_directory(self, name: str) -> pathlib.Path:
        return self.directory / "workers" / name

    def send_change(self, branch: str, revision: str, repository: str) -> None:
        password = pathlib.Path(self._places["change_password_file"]).read_text().strip()
        _run(
            str(self._virtual_environment / "bin" / "buildbot"), "sendchange",
            "--master", f"127.0.0.1:{self._places['worker_port']}", "--auth", f"change:{password}",
            "--who", "Ada <ada@example.org>", "--vc", "git", "--repository", repository,
            "--branch", branch, "--revision", revision, "suite",
        )  # fmt: skip

    def _deploy(self, command: str, *arguments: str) -> str:
        return _run(str(DEPLOY), command, "--directory", str(self.directory), *arguments)


def _run(*command: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=DEPLOY_SECONDS, stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, f"{' '.join(command[:2])}: {done.stdout}{done.stderr}"
    return done.stdout
