"""Holds a run's processes together: whoever loses its parent becomes the cradle's child, so that descent from the
cradle tells what belongs to the run, and the cradle knows when the last of them has gone."""

import ctypes
import os
import select
import signal
import sys
import time
from pathlib import Path

from .processes import Process, describe, family_of, kill_all, start_of

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)


class Cradle:
    """A command in a cradle of its own. Times are those of the monotonic clock."""

    def __init__(self, command: list[str], directory: Path, streams: Path):
        """`streams` with .out and .err after it take what the command writes."""
        self._said, told = os.pipe()
        self._heard = ""
        self.began = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._said)
            _be_cradle(command, directory, streams, told)
        os.close(told)
        self._streams = streams
        self.status: int | None = None      # of the command: its exit status, or minus the signal that ended it
        self.ended: float | None = None     # when the command ended
        self.deserted: float | None = None  # when nobody was left
        self.supervisor = int(self._next_word("pid", 10) or 0)
        self._supervisor_began = start_of(self.supervisor)

    def wait(self, patience: float) -> bool:
        """For the command's end."""
        if self.ended is None and (words := self._next_word("end", patience)):
            self.status, self.ended = int(words.split()[0]), float(words.split()[1])
        return self.ended is not None

    def wait_deserted(self, patience: float) -> bool:
        if self.deserted is None and (word := self._next_word("gone", patience)):
            self.deserted = float(word)
        return self.deserted is not None

    def family(self) -> list[Process]:
        return family_of(self.pid, self.supervisor)

    def describe_family(self) -> str:
        return "; ".join(describe(process) for process in self.family())

    @property
    def itself(self) -> Process:
        return Process(self.supervisor, self._supervisor_began or 0, "supervisor")

    def output(self, ending: str) -> str:
        path = Path(f"{self._streams}.{ending}")
        return path.read_text(errors="replace") if path.exists() else ""

    def dismantle(self) -> None:
        """Ends whatever is left of it."""
        while family := self.family():
            kill_all(family)
            time.sleep(0.01)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._said)

    def _next_word(self, key: str, patience: float) -> str | None:
        until = time.monotonic() + patience
        while True:
            for line in self._heard.splitlines(keepends=True):
                if line.startswith(key + " ") and line.endswith("\n"):
                    return line[len(key) + 1:].strip()
            left = until - time.monotonic()
            if not select.select([self._said], [], [], max(0.0, left))[0]:
                return None
            got = os.read(self._said, 4096).decode()
            if not got:
                return None
            self._heard += got


def _be_cradle(command: list[str], directory: Path, streams: Path, told: int) -> None:
    try:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        first = os.fork()
        if first == 0:
            os.close(told)
            _become(command, directory, streams)
        os.write(told, f"pid {first}\n".encode())
        while True:
            try:
                pid, status = os.wait()
            except ChildProcessError:
                break
            if pid == first:
                os.write(told, f"end {os.waitstatus_to_exitcode(status)} {time.monotonic()}\n".encode())
        os.write(told, f"gone {time.monotonic()}\n".encode())
        # Its number stays taken until it is dismantled.
        signal.pause()
    finally:
        os._exit(1)


def _become(command: list[str], directory: Path, streams: Path) -> None:
    try:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        os.setpgid(0, 0)
        os.chdir(directory)
        for number, path, flags in ((0, "/dev/null", os.O_RDONLY),
                                    (1, f"{streams}.out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
                                    (2, f"{streams}.err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)):
            os.dup2(os.open(path, flags, 0o644), number)
        environment = {"PATH": SYSTEM_PATH, "HOME": os.environ.get("HOME", "/root"), "LANG": "C.UTF-8"}
        os.execve(command[0], command, environment)
    except OSError as error:
        print(error, file=sys.stderr)
    finally:
        os._exit(127)
