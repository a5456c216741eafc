"""Writes a suite down for each framework, with a sharder.toml beside it, and says how its runners are called."""

import json
from dataclasses import dataclass
from pathlib import Path

from .measure import Contender
from .peers_found import Peers
from .programs import Programs, verb
from .suites import Suite

COMMANDS_TOML = """\
project = "bench-commands"

[suite.commands]
framework = "commands"

[framework.commands]
list = { command = "cat cases.json", format = "json" }
run  = { command = "{command}", format = "exit", feed = "each" }
"""

TOML = """\
project = "bench-{framework}"

[suite.{framework}]
framework = "{framework}"
{programs}
"""

PYTHON_PASTIME = """\
import time


def spend(seconds):
    until = time.thread_time() + seconds
    while {burns} and time.thread_time() < until:
        pass
    if not {burns}:
        time.sleep(seconds)


CASES = {cases}
"""

PYTEST = PYTHON_PASTIME + """

import pytest


@pytest.mark.parametrize("seconds", CASES.values(), ids=CASES.keys())
def test_case(seconds):
    spend(seconds)
"""

UNITTEST = PYTHON_PASTIME + """

import unittest


class Suite(unittest.TestCase):
    pass


for name, seconds in CASES.items():
    setattr(Suite, "test_" + name, lambda self, seconds=seconds: spend(seconds))
"""


@dataclass(frozen=True)
class Bench:
    """What contenders share: the program under test, how wide, and where things are kept."""
    sharder: Path
    slots: int
    programs: Programs
    peers: Peers


@dataclass(frozen=True)
class Project:
    framework: str
    suite: Suite
    contenders: list[Contender]  # sharder first
    run_directory: Path          # of sharder's last run
    notes: list[str]


def commands(bench: Bench, directory: Path, suite: Suite) -> Project:
    """A command a test. GNU parallel and xargs know neither durations nor locks nor cores."""
    spend = bench.programs.put_spend(directory)
    lines = []
    for case in suite.cases:
        lines.append({"id": case.name, "command": [str(spend), verb(suite), f"{case.seconds:.6f}"],
                      "locks": case.locks, "cores": case.cores})
    _write(directory, "sharder.toml", COMMANDS_TOML)
    _write(directory, "cases.json", "".join(json.dumps(line) + "\n" for line in lines))
    _write(directory, "cases.txt", "".join(" ".join(line["command"]) + "\n" for line in lines))
    parallel = ["parallel", "--will-cite", "-j", str(bench.slots), "-a", "cases.txt"]
    return _project("commands", suite, bench, directory, [
        Contender("GNU parallel", parallel, directory, {"HOME": str(_state(directory))}),
        Contender("xargs -P", ["xargs", "-a", "cases.txt", "-P", str(bench.slots), "-L", "1", "env"], directory),
    ])


def ctest(bench: Bench, directory: Path, suite: Suite) -> Project:
    """A build directory for each: ctest lists in the order of the costs that it remembers, to sharder as well."""
    own = directory.with_name(directory.name + ".ctest")
    _write_build_directory(bench, directory, suite)
    _write_build_directory(bench, own, suite)
    _write(directory, "sharder.toml", TOML.format(framework="ctest", programs=""))
    return _project("ctest", suite, bench, directory, [
        Contender("ctest -j", ["ctest", "-j", str(bench.slots), "--quiet"], own, memory=[own / "Testing"])])


def _write_build_directory(bench: Bench, directory: Path, suite: Suite) -> None:
    spend = bench.programs.put_spend(directory)
    text = ""
    for case in suite.cases:
        text += f'add_test({case.name} "{spend}" "{verb(suite)}" "{case.seconds:.6f}")\n'
        properties = "".join(f' RESOURCE_LOCK "{lock}"' for lock in case.locks)
        properties += f' PROCESSORS "{case.cores}"' if case.cores > 1 else ""
        if properties:
            text += f"set_tests_properties({case.name} PROPERTIES{properties})\n"
    _write(directory, "CTestTestfile.cmake", text)


def pytest(bench: Bench, directory: Path, suite: Suite) -> Project:
    _write(directory, "test_suite.py", PYTEST.format(burns=suite.burns, cases=_python_cases(suite)))
    _write(directory, "sharder.toml", TOML.format(framework="pytest", programs='programs = ["test_suite.py"]'))
    xdist = bench.peers.xdist
    command = ["python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_suite.py", "-n", str(bench.slots)]
    return _project("pytest", suite, bench, directory, [
        Contender(f"xdist --dist {way}", [*command, "--dist", way], directory, xdist.environment)
        for way in xdist.ways], [xdist.note])


def googletest(bench: Bench, directory: Path, suite: Suite) -> Project:
    program = bench.programs.put_googletest(directory)
    _write(directory, "suite_test.cases",
           "".join(f"{case.name} {verb(suite)} {case.seconds:.6f}\n" for case in suite.cases))
    _write(directory, "sharder.toml", TOML.format(framework="googletest", programs='programs = ["suite_test"]'))
    peer = bench.peers.gtest_parallel
    state = _state(directory)
    return _project("googletest", suite, bench, directory, [
        Contender(peer.name, [*peer.command, "-w", str(bench.slots), str(program)], directory,
                  {"XDG_CACHE_HOME": str(state)}, [state / "gtest-parallel"])], [peer.note])


def unittest(bench: Bench, directory: Path, suite: Suite) -> Project:
    _write(directory, "test_suite.py", UNITTEST.format(burns=suite.burns, cases=_python_cases(suite)))
    _write(directory, ".stestr.conf", "[DEFAULT]\ntest_path=.\n")
    _write(directory, "sharder.toml", TOML.format(framework="testr", programs=""))
    command = ["python3", "-m", "stestr", "run", "--concurrency", str(bench.slots)]
    return _project("unittest", suite, bench, directory, [
        Contender("stestr", command, directory, memory=[directory / ".stestr"])])


FRAMEWORKS = {"commands": commands, "ctest": ctest, "pytest": pytest, "googletest": googletest, "unittest": unittest}


def _project(framework: str, suite: Suite, bench: Bench, directory: Path, peers: list[Contender],
             notes: list[str] | None = None) -> Project:
    state = _state(directory)
    run_directory = state / "run"
    history = [state / f"history.db{ending}" for ending in ("", "-wal", "-shm")]
    sharder = Contender("sharder", [
        str(bench.sharder), "run", "--workers", str(bench.slots), "--progress", "none", "--history", str(history[0]),
        "--output", str(run_directory)], directory, memory=history)
    return Project(framework, suite, [sharder, *peers], run_directory, [note for note in notes or [] if note])


def _state(directory: Path) -> Path:
    """Beside the project, so that no clone sees what runners keep."""
    state = directory.with_name(directory.name + ".state")
    state.mkdir(parents=True, exist_ok=True)
    return state


def _python_cases(suite: Suite) -> str:
    return "{" + "".join(f'\n    "{case.name}": {case.seconds:.6f},' for case in suite.cases) + "\n}"


def _write(directory: Path, name: str, text: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text(text)
