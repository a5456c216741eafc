"""Processes of a run, found by descent. What each is follows from where it stands, never from its name alone."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    pid: int
    began: int  # in clock ticks since boot; tells it from a later owner of the same number
    # supervisor, guard (holds the launch server's process namespace), server, keeper, liblxc, starting (a clone's PID 1
    # before it is the agent), sweeper, agent, cell (PID 1 of a cell), inside (tests, services, runners), tool (mkfs, ip
    # and the like), orphan (the launcher's program elsewhere).
    role: str

    def send(self, number: int) -> bool:
        """False where it has ended already."""
        if start_of(self.pid) != self.began:
            return False
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    @property
    def alive(self) -> bool:
        fields = _stat(self.pid)
        return fields is not None and int(fields[19]) == self.began and fields[0] not in "ZX"


def start_of(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[19]) if fields else None


def family_of(cradle: int, supervisor: int) -> list[Process]:
    """All living descendants of a run's cradle, those that lost their parents included."""
    found: list[Process] = []
    _descend(cradle, "cradle", supervisor, found)
    return found


def with_role(family: list[Process], role: str) -> list[Process]:
    return [process for process in family if process.role == role]


def describe(process: Process) -> str:
    command = _text(f"/proc/{process.pid}/cmdline").replace("\0", " ").strip()
    state = (_stat(process.pid) or "?")[0]
    waits = _text(f"/proc/{process.pid}/wchan") or "-"
    return f"{process.role} {process.pid} (state {state}, in {waits}): {command[:80]}"


def _descend(parent: int, parent_role: str, supervisor: int, found: list[Process]) -> None:
    for pid in _children(parent):
        fields = _stat(pid)
        if fields is None or fields[0] in "ZX":
            continue
        role = "supervisor" if pid == supervisor else _role(pid, parent, parent_role)
        found.append(Process(pid, int(fields[19]), role))
        _descend(pid, role, supervisor, found)


def _role(pid: int, parent: int, parent_role: str) -> str:
    program, first = _program(pid), _namespace_pids(pid)[-1:] == ["1"]
    if program == "sharder-launcher":
        if parent_role == "supervisor":
            return "guard" if any(_namespace_pids(child)[-1:] == ["1"] for child in _children(pid)) else "server"
        # A keeper's children are liblxc's process, the sweeper, which alone reads its orders from a pipe, and at times
        # one that holds a user namespace.
        child = "sweeper" if _link(f"/proc/{pid}/fd/0").startswith("pipe:") else "liblxc"
        if parent_role == "server" and _link(f"/proc/{pid}/ns/mnt") == _link(f"/proc/{parent}/ns/mnt"):
            return "tool"  # before its exec; a keeper has mounts of its own
        roles = {"guard": "server", "server": "keeper", "keeper": child, "liblxc": "starting"}
        return roles.get(parent_role, "orphan")
    if program == ".agent" and first:
        return "agent" if parent_role == "liblxc" else "cell"
    # Outside of clones: a tool as mkfs or ip. Inside: tests, services, runners, and what holds them.
    return "inside" if parent_role in ("agent", "cell", "inside") else "tool"


def _program(pid: int) -> str:
    return os.path.basename(_link(f"/proc/{pid}/exe").removesuffix(" (deleted)"))


def _namespace_pids(pid: int) -> list[str]:
    for line in _text(f"/proc/{pid}/status").splitlines():
        if line.startswith("NSpid:"):
            return line.split()[1:]
    return []


def _children(pid: int) -> list[int]:
    return [int(word) for word in _text(f"/proc/{pid}/task/{pid}/children").split()]


def _stat(pid: int) -> list[str] | None:
    text = _text(f"/proc/{pid}/stat")
    return text.rsplit(")", 1)[1].split() if ")" in text else None


def _text(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def kill_all(family: list[Process]) -> None:
    for process in family:
        process.send(signal.SIGKILL)
