"""What a clone costs in memory while it does nothing: proportional set sizes of the processes that hold it."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .measure import Broken, environment
from .workloads import IDLE_PROJECT, sharder_command

SECONDS = 6


@dataclass(frozen=True)
class IdleMemory:
    clones: int
    supervisor_bytes: int
    clone_bytes: int  # of each: its launcher, its agent and its cell's first process, without the test


def idle_memory(sharder: Path, directory: Path, clones: int) -> IdleMemory:
    directory.mkdir()
    (directory / "sharder.toml").write_text(IDLE_PROJECT.format(clones=clones, seconds=SECONDS))
    process = subprocess.Popen(sharder_command(sharder, clones), cwd=directory, env=environment(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        sizes = _sizes_when_all_sleep(process, clones)
    finally:
        process.wait()
    ours = sum(size for pid, (name, size) in sizes.items() if name != "sleep" and pid != process.pid)
    return IdleMemory(clones, sizes[process.pid][1], ours // clones)


def _sizes_when_all_sleep(process: subprocess.Popen, clones: int) -> dict[int, tuple[str, int]]:
    until = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until:
        sizes = {pid: (name, _proportional_bytes(pid)) for pid, name in _descendants(process.pid)}
        if sum(name == "sleep" for name, _ in sizes.values()) == clones:
            return sizes
        time.sleep(0.2)
    raise Broken("the idle clones did not come up together")


def _descendants(root: int) -> list[tuple[int, str]]:
    parents: dict[int, tuple[int, str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, tail = path.read_text().rsplit(")", 1)
        except OSError:
            continue  # it ended meanwhile
        parents[int(path.parent.name)] = int(tail.split()[1]), head.split("(", 1)[1]
    found, frontier = [], [root]
    while frontier:
        pid = frontier.pop()
        if pid in parents:
            found.append((pid, parents[pid][1]))
        frontier += [child for child, (parent, _) in parents.items() if parent == pid]
    return found


def _proportional_bytes(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0  # it ended meanwhile
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
