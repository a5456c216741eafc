"""One round: a run of a generated suite, one fault, and everything that must be true afterwards."""

import random
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import remains
from .cradle import SYSTEM_PATH, Cradle
from .faults import Fault, Injection, draw_fault, inject
from .processes import describe
from .results import JOURNAL, Story, check_whole, differences, read_story
from .suites import KINDS, Suite, make_harmless_suite, make_suite
from .truncation import truncate_tail

LONGEST_SURVIVAL = 1.0   # seconds that a run's processes may outlive it
TIDYING_PATIENCE = 0.8   # after that a server whose supervisor is dead is killed, whatever it still had to remove
RUN_PATIENCE = 120       # seconds after which a run counts as hanging
NEIGHBOUR_EVERY = 4      # rounds


@dataclass(frozen=True)
class Settings:
    sharder: Path
    workers: int
    seed: int
    directory: Path


@dataclass
class Round:
    number: int
    suite: Suite
    fault: Fault
    met: bool = False
    status: int | None = None
    survival: float = 0.0
    resumed: int = 0
    losses: int = 0  # tests without a verdict, or with one that no undisturbed run gives
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        met = str(self.fault) if self.met else f"{self.fault} (met nobody)"
        ending = f"exit {self.status}" + (f", resumed {self.resumed}x" if self.resumed else "")
        survival = f", gone in {1000 * self.survival:.0f} ms" if self.survival else ""
        verdict = "" if not self.violations else "  VIOLATED: " + "; ".join(self.violations)
        return (f"round {self.number}: {self.suite.kind.name}, {len(self.suite.expected)} tests; {met}, "
                f"{self.fault.phase} {self.fault.place:.2f}; {ending}{survival}{verdict}")


def play(number: int, settings: Settings) -> Round:
    chance = random.Random(f"{settings.seed}/{number}")
    directory = settings.directory / f"round-{number}"
    kind = KINDS[number % len(KINDS)]
    suite = make_suite(kind, directory / "project", chance)
    result = Round(number, suite, draw_fault(chance))
    neighbour = _start_neighbour(directory, settings) if number % NEIGHBOUR_EVERY == 0 else None
    run_directory = directory / "run"
    cradle = Cradle(_command(settings, suite, ["-o", str(run_directory)]), suite.directory, directory / "run-streams")
    try:
        injection = inject(result.fault, cradle, run_directory, len(suite.expected))
        result.met = bool(injection.met)
        _see_it_end(result, cradle, injection)
        _check_run(result, cradle, run_directory, injection, settings, chance)
    finally:
        cradle.dismantle()
    if neighbour is not None:
        result.violations += _check_neighbour(neighbour, directory)
    return result


def _command(settings: Settings, suite: Suite, more: list[str]) -> list[str]:
    return [str(settings.sharder), "run", "--no-history", "--workers", str(settings.workers), "--progress", "none",
            "--reruns", "1", *suite.kind.flags, *more]


def _see_it_end(result: Round, cradle: Cradle, injection: Injection) -> None:
    if result.met and result.fault.kills_server:
        _await_death_of_others(result, injection)
    if not cradle.wait(RUN_PATIENCE):
        result.violations.append(f"the run hangs: {cradle.describe_family()}")
        return
    result.status = cradle.status
    if not cradle.wait_deserted(LONGEST_SURVIVAL + 4):
        result.violations.append(f"still alive after its end: {cradle.describe_family()}")
    gone = cradle.deserted or cradle.ended + LONGEST_SURVIVAL + 4
    result.survival = max(result.survival, gone - cradle.ended)
    if gone - cradle.ended > LONGEST_SURVIVAL and cradle.deserted:
        result.violations.append(f"its processes lived {gone - cradle.ended:.2f} s longer")


def _await_death_of_others(result: Round, injection: Injection) -> None:
    """Whatever the dead server started must go; the supervisor goes on."""
    started = [process for process in injection.before if process.role != "supervisor"]
    until = injection.at + LONGEST_SURVIVAL + 4
    while any(process.alive for process in started) and time.monotonic() < until:
        time.sleep(0.002)
    result.survival = time.monotonic() - injection.at
    if result.survival > LONGEST_SURVIVAL:
        alive = "; ".join(describe(process) for process in started if process.alive)
        result.violations.append(f"its clones lived {result.survival:.2f} s longer than their server {alive}")


def _check_run(result: Round, cradle: Cradle, run_directory: Path, injection: Injection, settings: Settings,
               chance: random.Random) -> None:
    story = read_story(run_directory)
    if story.run_id:
        busy = remains.populated_groups(story.run_id)
        result.violations += [f"not empty: {group}" for group in busy[:3]]
        if not result.fault.leaves_files and result.survival < TIDYING_PATIENCE:
            result.violations += [f"before clean, {what}" for what in remains.beside_groups(story.run_id)]
    if result.met and result.fault.kills_run and result.status == -9:
        _check_resumed(result, run_directory, settings, chance)
    else:
        result.violations += _check_verdicts(result, cradle, run_directory, injection)
    result.violations += clean(settings.sharder)
    for run in read_story(run_directory).names_on_machine | story.names_on_machine:
        result.violations += remains.after_clean(run)


def clean(sharder: Path) -> list[str]:
    done = subprocess.run([str(sharder), "clean"], env={"PATH": SYSTEM_PATH}, capture_output=True, text=True)
    return [] if done.returncode == 0 else [f"sharder clean: exit status {done.returncode}, {done.stderr.strip()}"]


def _check_verdicts(result: Round, cradle: Cradle, run_directory: Path, injection: Injection) -> list[str]:
    """Of a run that came to its end by itself."""
    suite, fault, status = result.suite, result.fault, cradle.status
    story = read_story(run_directory)
    if not story.listed:
        return _check_unlisted(result, cradle, story)
    allowed, statuses = allowed_after(fault, suite, result.met)
    wrong = check_whole(run_directory, suite.expected)
    different = differences(story, suite.expected, allowed)
    result.losses = len(different) + len(set(suite.expected) - set(story.verdicts))
    wrong += different[:3]
    if status not in statuses:
        said = cradle.output("err").strip().splitlines()[-3:]
        wrong.append(f"exit status {status}, not {' or '.join(map(str, sorted(statuses)))}: {' / '.join(said)}")
    return wrong


def _check_unlisted(result: Round, cradle: Cradle, story: Story) -> list[str]:
    """Only those who were told to end, or who lost what listed or prepared for them, may end without a list."""
    fault, status = result.fault, cradle.status
    # A sharder that does not heed signals yet dies of them, which a shell tells in the same way.
    excused = {"terminate": {143, -15}, "hang up": {143, -1}, "interrupt": {130, -2}}.get(fault.way, set())
    if fault.whom in ("inside", "cell") and "kill" in fault.way:
        excused = excused | {5}
    if result.met and status in excused and (status != 5 or cradle.output("err").strip()):
        return []
    said = cradle.output("err").strip().splitlines()[-3:]
    return [f"ended without a list of tests, exit status {status}: {' / '.join(said)}"]


def allowed_after(fault: Fault, suite: Suite, met: bool) -> tuple[set[str], set[int]]:
    """Verdicts beside the expected ones, and exit statuses."""
    usual = {suite.exit_status}
    if not met:
        return set(), usual
    if fault.way in ("terminate", "hang up"):
        return {"lost", "not-run"}, usual | {143}
    if fault.way == "interrupt":
        return {"not-run"}, usual | {130}
    if fault.whom in ("inside", "cell") and "kill" in fault.way:
        return {"flaky"}, usual
    return set(), usual


def _check_resumed(result: Round, run_directory: Path, settings: Settings, chance: random.Random) -> None:
    """Until the run comes to its end; now and then what resumes it is killed as well."""
    while (run_directory / JOURNAL).exists():
        if chance.random() < 0.5:
            truncate_tail(run_directory / JOURNAL, chance)
        kept = read_story(run_directory)
        command = _command(settings, result.suite, ["--resume", str(run_directory)])
        streams = run_directory.with_name(f"resumed-streams-{result.resumed}")
        cradle = Cradle(command, result.suite.directory, streams)
        result.resumed += 1
        try:
            killed = chance.random() < 0.3 and not cradle.wait(chance.random())
            if killed:
                cradle.itself.send(signal.SIGKILL)
            if not cradle.wait(RUN_PATIENCE) or not cradle.wait_deserted(LONGEST_SURVIVAL + 4):
                result.violations.append(f"resumed: still alive: {cradle.describe_family()}")
                return
            if not killed:
                result.status = cradle.status
                result.violations += _check_after_resume(result, run_directory, kept, cradle)
                return
            result.survival = max(result.survival, cradle.deserted - cradle.ended)
        finally:
            cradle.dismantle()


def _check_after_resume(result: Round, run_directory: Path, kept: Story, cradle: Cradle) -> list[str]:
    suite, story = result.suite, read_story(run_directory)
    wrong = [f"resumed: {what}" for what in check_whole(run_directory, suite.expected)]
    different = differences(story, suite.expected, set())
    result.losses = len(different) + len(set(suite.expected) - set(story.verdicts))
    wrong += [f"resumed: {what}" for what in different[:3]]
    changed = [test for test, verdicts in kept.verdicts.items() if story.verdicts.get(test) != verdicts]
    wrong += [f"resumed: the verdict on {test} did not stay" for test in changed[:3]]
    again = [test for test in kept.verdicts if len(story.outcomes[test]) > len(kept.outcomes.get(test, []))]
    wrong += [f"resumed: {test} has a verdict and ran again" for test in again[:3]]
    if cradle.status != suite.exit_status:
        said = " / ".join(cradle.output("err").strip().splitlines()[-3:])
        wrong.append(f"resumed: exit status {cradle.status}, not {suite.exit_status}: {said}")
    return wrong


def _start_neighbour(directory: Path, settings: Settings) -> tuple[Cradle, Suite]:
    suite = make_harmless_suite(directory / "neighbour")
    command = [str(settings.sharder), "run", "--no-history", "--workers", "2", "--progress", "none", "-o",
               str(directory / "neighbour-run")]
    return Cradle(command, suite.directory, directory / "neighbour-streams"), suite


def _check_neighbour(neighbour: tuple[Cradle, Suite], directory: Path) -> list[str]:
    cradle, suite = neighbour
    try:
        if not cradle.wait(RUN_PATIENCE) or not cradle.wait_deserted(LONGEST_SURVIVAL + 4):
            return [f"the neighbour hangs: {cradle.describe_family()}"]
        story = read_story(directory / "neighbour-run")
        wrong = check_whole(directory / "neighbour-run", suite.expected) + differences(story, suite.expected, set())
        wrong += [f"lost a clone: {reason}" for reason in story.lost_clones]
        if cradle.status != 0:
            wrong.append(f"exit status {cradle.status}: {cradle.output('err').strip()[-300:]}")
        return [f"the neighbour: {what}" for what in wrong[:5]]
    finally:
        cradle.dismantle()
