"""Runs competing commands in turn, so that the machine's moods meet all of them, and keeps what each took."""

import os
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TICK = 1 / os.sysconf("SC_CLK_TCK")


class Broken(Exception):
    """A command that is to be measured does not work."""


@dataclass(frozen=True)
class Contender:
    name: str
    command: list[str]
    directory: Path
    environment: dict[str, str] = field(default_factory=dict)
    memory: list[Path] = field(default_factory=list)  # what it keeps of earlier runs


@dataclass(frozen=True)
class Sample:
    wall: float
    own_cpu: float  # of the first process alone
    all_cpu: float  # with everything that it waited for


def environment() -> dict[str, str]:
    return {"PATH": SYSTEM_PATH, "HOME": os.environ.get("HOME", "/root"), "LANG": "C.UTF-8"}


def measure(contender: Contender) -> Sample:
    started = time.monotonic()
    process = subprocess.Popen(contender.command, cwd=contender.directory,
                               env=environment() | contender.environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read()
    # Not yet reaped, the process can still be asked for its own times.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    wall = time.monotonic() - started
    own = own_cpu(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = "\n".join(output.decode(errors="replace").splitlines()[-15:])
        raise Broken(f"{' '.join(contender.command)}: exit status {process.returncode}\n{tail}")
    return Sample(wall, own, usage.ru_utime + usage.ru_stime)


def own_cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def forget(contender: Contender) -> None:
    """As on a fresh checkout: it knows no duration."""
    for path in contender.memory:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def in_turn(contenders: list[Contender], rounds: int) -> dict[str, list[Sample]]:
    """Every second round goes backwards, so that nobody always has the same one before it."""
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in contenders}
    for number in range(rounds):
        for contender in contenders if number % 2 == 0 else reversed(contenders):
            samples[contender.name].append(measure(contender))
    return samples


def median(values: list[float]) -> float:
    return statistics.median(values)
