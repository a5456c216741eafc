"""Faults: whom they meet, how, and when. A fault is drawn from chance alone; whom it finds, the moment decides."""

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .cradle import Cradle
from .processes import Process, with_role
from .results import JOURNAL

WAYS = {
    "kill": [signal.SIGKILL],
    "stop and continue": [signal.SIGSTOP, signal.SIGCONT],
    "stop and kill": [signal.SIGSTOP, signal.SIGKILL],
    "terminate": [signal.SIGTERM],
    "interrupt": [signal.SIGINT],
    "hang up": [signal.SIGHUP],
}

# Whom, how, and how often in relation to the others.
MENU = [
    ("nobody", "leave alone", 2),
    ("supervisor", "kill", 8), ("supervisor", "stop and continue", 2), ("supervisor", "stop and kill", 2),
    ("supervisor", "terminate", 2), ("supervisor", "interrupt", 2), ("supervisor", "hang up", 1),
    ("server", "kill", 4), ("server", "stop and continue", 2), ("server", "stop and kill", 2),
    ("guard", "kill", 2), ("guard", "stop and continue", 1), ("guard", "stop and kill", 1),
    ("keeper", "kill", 5), ("keeper", "stop and continue", 2), ("keeper", "stop and kill", 2),
    ("liblxc", "kill", 5), ("liblxc", "stop and continue", 1), ("liblxc", "stop and kill", 2),
    ("starting", "kill", 3), ("starting", "stop and continue", 1), ("starting", "stop and kill", 1),
    ("agent", "kill", 5), ("agent", "stop and continue", 2), ("agent", "stop and kill", 2),
    ("cell", "kill", 2), ("cell", "stop and continue", 1),
    ("inside", "kill", 4), ("inside", "stop and continue", 2), ("inside", "stop and kill", 1),
    ("sweeper", "kill", 1), ("sweeper", "stop and continue", 1),
    ("stopped server, then supervisor", "kill", 2), ("stopped keeper, then supervisor", "kill", 2),
    ("stopped guard, then supervisor", "kill", 1),
    ("stopped liblxc, then supervisor", "kill", 1), ("stopped agent, then supervisor", "kill", 1),
]

LONGEST_STOP = 0.4
PATIENCE = 60  # seconds for the moment to come


@dataclass(frozen=True)
class Fault:
    whom: str
    way: str
    phase: str     # start | clones | tests | end
    place: float   # 0 to 1: which of those that could be met, and how far into the phase
    pause: float   # seconds between a stop and what follows

    @property
    def kills_run(self) -> bool:
        return self.whom.endswith("supervisor") and self.way in ("kill", "stop and kill")

    @property
    def kills_server(self) -> bool:
        return self.whom in ("server", "guard") and "kill" in self.way

    @property
    def leaves_files(self) -> bool:
        """Nobody is left who could remove them."""
        return self.whom in ("stopped server, then supervisor", "stopped guard, then supervisor")

    def __str__(self) -> str:
        return f"{self.way} {self.whom}" if self.whom != "nobody" else "no fault"


def draw_fault(chance: random.Random) -> Fault:
    whom, way, _ = chance.choices(MENU, [weight for *_, weight in MENU])[0]
    phase = chance.choices(["start", "clones", "tests", "end"], [2, 3, 6, 1])[0]
    return Fault(whom, way, phase, chance.random(), chance.uniform(0.01, LONGEST_STOP))


@dataclass(frozen=True)
class Injection:
    """What was done. `met` is empty where the run was over before anybody could be met."""
    met: list[Process]
    before: list[Process]  # who was alive
    at: float


def inject(fault: Fault, cradle: Cradle, run_directory: Path, tests: int) -> Injection:
    progress = Progress(run_directory / JOURNAL)
    if fault.whom == "nobody" or not _wait_until(_moment(fault, cradle, progress, tests), cradle):
        return Injection([], [], time.monotonic())
    *stopped, target = fault.whom.split(", then ")
    met = []
    if stopped and (process := _find(cradle, stopped[0].removeprefix("stopped "), fault.place)):
        process.send(signal.SIGSTOP)
        met.append(process)
        time.sleep(fault.pause / 4)
    process = _find(cradle, target, fault.place)
    at = time.monotonic()
    if process is None:
        return Injection([], [], at)
    before = cradle.family()
    for number in WAYS[fault.way]:
        if number != WAYS[fault.way][0]:
            time.sleep(fault.pause)
        at = time.monotonic()
        process.send(number)
    return Injection([*met, process], before, at)


def _moment(fault: Fault, cradle: Cradle, progress: "Progress", tests: int) -> Callable[[], bool]:
    """A condition that becomes true at the fault's moment."""
    begun: list[float] = []

    def a_while_after(condition: Callable[[], bool], span: float) -> bool:
        if not begun and condition():
            begun.append(time.monotonic())
        return bool(begun) and time.monotonic() >= begun[0] + span

    if fault.phase == "start":
        return lambda: a_while_after(lambda: True, fault.place * 0.2)
    if fault.phase == "clones":
        return lambda: a_while_after(lambda: bool(with_role(cradle.family(), "keeper")), fault.place * 0.05)
    if fault.phase == "end":
        return lambda: a_while_after(lambda: progress.look() >= tests, fault.place * 0.02)
    return lambda: progress.look() >= fault.place * tests


def _find(cradle: Cradle, role: str, place: float) -> Process | None:
    """One of those with that role; waits until there is one, as long as the run goes on."""
    if role == "supervisor":
        return cradle.itself if cradle.itself.alive else None
    found: list[Process] = []
    _wait_until(lambda: bool(found) or found.extend(with_role(cradle.family(), role)) or bool(found), cradle)
    return found[int(place * 1000) % len(found)] if found else None


def _wait_until(condition: Callable[[], bool], cradle: Cradle) -> bool:
    until = time.monotonic() + PATIENCE
    while not condition():
        if cradle.wait(0.0005) or time.monotonic() > until:
            return False
    return True


class Progress:
    """How many verdicts a growing journal holds."""

    def __init__(self, journal: Path):
        self._journal = journal
        self._offset = 0
        self.verdicts = 0

    def look(self) -> int:
        try:
            with self._journal.open("rb") as file:
                file.seek(self._offset)
                new = file.read()
        except FileNotFoundError:
            return 0
        whole = new[:new.rfind(b"\n") + 1]
        self._offset += len(whole)
        self.verdicts += whole.count(b'"event":"test.finished"')
        return self.verdicts
