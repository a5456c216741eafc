"""Generated suites whose verdicts are known beforehand, in every way that clones are made and fed."""

import random
from dataclasses import dataclass
from pathlib import Path

EXEC = """\
[suite.exec-suite]
framework = "exec"
programs = ["t/*"]
"""

PYTEST = """\
[suite.pytest-suite]
framework = "pytest"
programs = ["test_suite.py"]
interpreter = "/usr/bin/python3"
environment = { PYTEST_DISABLE_PLUGIN_AUTOLOAD = "1" }
"""

SHELL = """\
[framework.shell]
list = { command = "cat ids", format = "ids" }
run = { command = "sh runner.sh", format = "subunit1", feed = "stdin" }

[suite.shell-suite]
framework = "shell"
"""

RUNNER = """\
while read -r id; do
  echo "test: $id"
  how=${id#*-} seconds=${id##*-}
  how=${how%-*}
  [ "$seconds" = 0 ] || sleep "$seconds"
  case $how in passed) echo "success: $id" ;; failed) echo "failure: $id" ;; *) echo "skip: $id" ;; esac
done
"""

SERVICES = """\
[clones.setup]
command = "sh -c 'mkdir -p /srv/chaos && seq 1 20000 > /srv/chaos/schema'"
{inputs}
[clones.start]
command = "sh service.sh"
ready = "sh -c 'kill -0 $(cat /run/service.pid)'"
"""

SERVICE = """\
echo $$ > /run/service.new
mv /run/service.new /run/service.pid
exec sleep 1000
"""

PYTEST_FILE = """\
import time
import pytest

CASES = {cases!r}


@pytest.mark.parametrize("how,seconds", CASES.values(), ids=CASES.keys())
def test_case(how, seconds):
    time.sleep(seconds)
    if how == "skipped":
        pytest.skip("as generated")
    assert how == "passed"
"""

STATUSES = {"passed": 0, "failed": 1, "skipped": 77}


@dataclass(frozen=True)
class Kind:
    name: str
    frameworks: tuple[str, ...]
    clones: str = ""   # in [clones]
    more: str = ""     # sections
    flags: tuple[str, ...] = ()
    needs_service: bool = False
    most_tests: int = 200


KINDS = [
    Kind("exec", ("exec",)),
    Kind("fed", ("shell",)),
    Kind("fresh-clone", ("exec",), flags=("--fresh", "clone"), most_tests=60),
    Kind("pytest", ("pytest",), most_tests=100),
    Kind("disk", ("exec", "shell"), clones='storage = "disk"\ndisk = "64MiB"\n', most_tests=100),
    Kind("services", ("exec",), more=SERVICES.format(inputs=""), needs_service=True),
    Kind("fed-fresh-clone", ("shell",), flags=("--fresh", "clone"), most_tests=60),
    Kind("bridge", ("exec",), clones='network = "bridge"\n', most_tests=100),
    Kind("kept-layer", ("exec", "shell"), more=SERVICES.format(inputs='inputs = ["inputs"]'), needs_service=True),
    Kind("mixed", ("exec", "pytest"), most_tests=100),
    Kind("services-fresh-clone", ("exec",), more=SERVICES.format(inputs=""), flags=("--fresh", "clone"),
         needs_service=True, most_tests=60),
]

FEWEST_TESTS = 20


@dataclass(frozen=True)
class Suite:
    kind: Kind
    directory: Path
    expected: dict[str, str]  # verdicts of an undisturbed run, by test id

    @property
    def exit_status(self) -> int:
        return 1 if "failed" in self.expected.values() else 0


@dataclass(frozen=True)
class _Case:
    name: str
    how: str
    seconds: float


def make_suite(kind: Kind, directory: Path, chance: random.Random) -> Suite:
    directory.mkdir(parents=True)
    count = chance.randint(min(60, max(FEWEST_TESTS, kind.most_tests // 2)), kind.most_tests)
    return _write(kind, directory, [_case(number, chance) for number in range(count)])


def make_harmless_suite(directory: Path) -> Suite:
    """Of a run that must not notice what happens to another: all of it passes."""
    directory.mkdir(parents=True)
    return _write(KINDS[0], directory, [_Case(f"case{number:03}", "passed", 0.05) for number in range(30)])


def _case(number: int, chance: random.Random) -> _Case:
    how = chance.choices(["passed", "failed", "skipped"], [40, 1, 1])[0]
    seconds = chance.choice([0, 0, 0.005, 0.01, 0.02]) if chance.random() < 0.95 else 0.2
    return _Case(f"case{number:03}", how, seconds)


def _write(kind: Kind, directory: Path, cases: list[_Case]) -> Suite:
    expected: dict[str, str] = {}
    sections = 'project = "chaos"\n'
    for number, framework in enumerate(kind.frameworks):
        part = cases[number::len(kind.frameworks)]
        prefix = f"{framework}-suite/" if len(kind.frameworks) > 1 else ""
        section, verdicts = _WRITERS[framework](kind, directory, part)
        sections += section
        expected |= {prefix + test: verdict for test, verdict in verdicts.items()}
    if kind.clones:
        sections += "[clones]\n" + kind.clones
    (directory / "sharder.toml").write_text(sections + kind.more)
    (directory / "service.sh").write_text(SERVICE)
    # What a kept layer is kept by: a layer of its own for each suite.
    (directory / "inputs").write_text(str(directory))
    return Suite(kind, directory, expected)


def _write_programs(kind: Kind, directory: Path, cases: list[_Case]) -> tuple[str, dict[str, str]]:
    (directory / "t").mkdir()
    service = "kill -0 $(cat /run/service.pid) || exit 1\n" if kind.needs_service else ""
    for case in cases:
        program = directory / "t" / case.name
        pause = f"sleep {case.seconds}\n" if case.seconds else ""
        program.write_text(f"#!/bin/sh\n{service}{pause}exit {STATUSES[case.how]}\n")
        program.chmod(0o755)
    return EXEC, {f"t/{case.name}": case.how for case in cases}


def _write_shell_cases(_: Kind, directory: Path, cases: list[_Case]) -> tuple[str, dict[str, str]]:
    verdicts = {f"{case.name}-{case.how}-{case.seconds}": case.how for case in cases}
    (directory / "ids").write_text("".join(f"{test}\n" for test in verdicts))
    (directory / "runner.sh").write_text(RUNNER)
    return SHELL, verdicts


def _write_pytest_cases(_: Kind, directory: Path, cases: list[_Case]) -> tuple[str, dict[str, str]]:
    table = {case.name: (case.how, case.seconds) for case in cases}
    (directory / "test_suite.py").write_text(PYTEST_FILE.format(cases=table))
    return PYTEST, {f"test_suite.py::test_case[{case.name}]": case.how for case in cases}


_WRITERS = {"exec": _write_programs, "shell": _write_shell_cases, "pytest": _write_pytest_cases}
