"""Runs the attempts by `sharder run`, as a user and as the clone's root, and judges what became of them.

Usage: judge.py SHARDER [--user NAME]... [--keep DIRECTORY]
Ends with status 0 if every attempt was contained and reported as what it is, and nothing and nobody else was touched.
"""
import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import evidence
import remains
from canaries import Canaries

sys.path.insert(0, str(Path(__file__).parent / "project"))
import attempt_header  # noqa: E402
import listing  # noqa: E402
import result_file  # noqa: E402
import runner  # noqa: E402

TESTS_FAILED, UNFIT_MACHINE = 1, 2
SKIPPED = 77
SUITES = ["each", "fed", "file", "pytest"]
PYTEST = {"test_forges": ("passed", ""), "test_forges_from_a_daemon": ("passed", "leaks"),
          "test_victim": ("failed", ""), "test_ends_the_runner": ("crashed", ""), "test_honest": ("passed", "")}
SUITES_OF_ROOT = ["each"]  # who tells results is no question of who runs
MOST_SUPERVISOR_BYTES = 192 << 20
PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Expected:
    outcome: str
    leaks: str = ""  # "leaks", "maybe leaks" or ""
    is_attempt: bool = True


@dataclass(frozen=True)
class Finished:
    status: int
    output: bytes
    error_output: bytes
    peak_bytes: int
    seconds: float
    directory: Path


def expectations(suites: list[str]) -> dict[str, Expected]:
    expected: dict[str, Expected] = {}
    attempts = attempt_header.all_attempts()
    for number, attempt in enumerate(attempts):
        expected[f"each/attempt/{attempt.name}"] = Expected(attempt.outcome, attempt.leaks)
        if number % 3 == 0:
            expected[f"each/honest/{number}"] = Expected("passed", is_attempt=False)
    for name in listing.NAMES:
        expected[f"each/honest/{name}"] = Expected("passed", is_attempt=False)
    for suite, attempts_of_suite in (("fed", runner.ATTEMPTS), ("file", result_file.ATTEMPTS)):
        for name, (_, wanted) in attempts_of_suite.items():
            outcome, _, leaks = wanted.partition(", ")
            expected[f"{suite}/{name}"] = Expected(outcome, leaks, is_attempt=not name.startswith(("honest", "victim")))
    for name, (outcome, leaks) in PYTEST.items():
        expected[f"pytest/pytest/test_lies.py::{name}"] = Expected(outcome, leaks, "forges" in name or "ends" in name)
    return {name: what for name, what in expected.items() if name.split("/")[0] in suites}


def peak_of(process: int) -> int:
    """Of its own: what wait4() tells is the peak of its descendants, too."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def wait_for(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Exit status and peak memory of a process. One that does not end is asked to."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    peak_bytes = 0
    while process.poll() is None:
        peak_bytes = max(peak_bytes, peak_of(process.pid))
        if time.monotonic() > deadline:
            process.terminate()
        time.sleep(0.02)
    return process.returncode, peak_bytes


def run(sharder: Path, canaries: Canaries, suites: list[str]) -> Finished:
    directory = canaries.top / "run"
    command = [str(sharder), "run", "-j", "3", "--order", "listed", "--no-history", "--color", "never",
               "-o", str(directory), *(word for suite in suites for word in ("--suite", suite))]
    environment = {"PATH": os.environ["PATH"], "HOME": "/root", "LANG": "C.UTF-8", "CALLERS_SECRET": "not-for-tests",
                   **canaries.variables()}
    begun = time.monotonic()
    with open(canaries.top / "stdout", "w+b") as output, open(canaries.top / "stderr", "w+b") as error_output:
        process = subprocess.Popen(command, cwd=canaries.project, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=error_output)
        status, peak_bytes = wait_for(process)
        output.seek(0)
        error_output.seek(0)
        return Finished(status, output.read(), error_output.read(), peak_bytes, time.monotonic() - begun, directory)


def fault_of(expected: Expected, test: dict[str, Any]) -> str:
    outcome = test["extra"].get("outcome", "none")
    said = test.get("message", "") + " " + " ".join(test.get("stdout", [])[-5:])
    if outcome != expected.outcome:
        return f"{outcome} instead of {expected.outcome}: {said[:600]!r}"
    if expected.leaks != "maybe leaks" and bool(expected.leaks) != bool(test["extra"]["leaks"]):
        return f"leaks {test['extra']['leaks']}"
    return ""


def faults_of_tests(expected: dict[str, Expected], results: dict[str, dict[str, Any]]) -> dict[str, str]:
    faults = {name: "is reported, but was never listed" for name in results.keys() - expected.keys()}
    for name, what in expected.items():
        fault = fault_of(what, results[name]) if name in results else "is not reported"
        if fault:
            faults[name] = fault
    return faults


def fingerprint(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        status = path.lstat()
        digest.update(f"{path} {status.st_mode} {status.st_uid} {status.st_mtime_ns}\n".encode())
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def faults_of_machine(canaries: Canaries, before: str, finished: Finished) -> list[str]:
    faults = [f"mark of {path.name}" for path in canaries.mark.iterdir()]
    if fingerprint(canaries.project) != before:
        faults.append("the project on the machine has changed")
    if canaries.process.poll() is not None:
        faults.append("a process of the judge's has ended")
    planted = [path for path in canaries.top.rglob("planted-*") if finished.directory not in path.parents]
    faults += [f"{path} was planted" for path in planted]
    if finished.peak_bytes > MOST_SUPERVISOR_BYTES:
        faults.append(f"sharder took {finished.peak_bytes >> 20} MiB")
    for what, data in (("standard output", finished.output), ("standard error", finished.error_output)):
        faults += evidence.controls_in(what, data)
    return faults


def faults_of_data(canaries: Canaries, finished: Finished, tests: int) -> list[str]:
    secrets = [f"rootonly {canaries.token}", f"secret {canaries.token}"]
    return (evidence.faults_of_reports(finished.directory, tests)
            + evidence.faults_of_artifacts(finished.directory, secrets)
            + remains.of_run(evidence.run_id_of(finished.directory)))


def judge(sharder: Path, user: str, keep: Path | None) -> tuple[int, int]:
    """Attempts made and attempts contained; the latter is less, too, where the machine or an honest test suffered."""
    suites = SUITES_OF_ROOT if user == "root" else SUITES
    expected = expectations(suites)
    with Canaries(user) as canaries:
        before = fingerprint(canaries.project)
        finished = run(sharder, canaries, suites)
        if keep:
            shutil.copytree(canaries.top, keep / user, symlinks=True, ignore=shutil.ignore_patterns("node", "socket"))
        if finished.status == UNFIT_MACHINE:
            skip("sharder refuses: " + finished.error_output[-500:].decode(errors="replace").strip())
        if not (finished.directory / "results.json").exists():
            sys.exit(f"no results; status {finished.status}\n{finished.error_output[-3000:].decode(errors='replace')}")
        results = evidence.results_of(finished.directory)
        tests = faults_of_tests(expected, results)
        machine = faults_of_machine(canaries, before, finished) + faults_of_data(canaries, finished, len(results))
    if finished.status != TESTS_FAILED:
        machine.append(f"exit status {finished.status} instead of {TESTS_FAILED}")
    return tell(user, expected, tests, machine, finished)


def tell(user: str, expected: dict[str, Expected], tests: dict[str, str], machine: list[str],
         finished: Finished) -> tuple[int, int]:
    for name, fault in sorted(tests.items()):
        print(f"  {name!r}: {fault}")
    for fault in machine:
        print(f"  machine: {fault}")
    attempts = sum(what.is_attempt for what in expected.values())
    contained = max(attempts - len(tests) - len(machine), 0)
    print(f"as {user}: {attempts} attempts, {contained} contained; {len(expected) - attempts} honest tests; "
          f"{finished.seconds:.1f} s, sharder at most {finished.peak_bytes >> 20} MiB", flush=True)
    return attempts, contained


def skip(reason: str) -> None:
    """As the other tests in real clones: only where nobody requires them."""
    print(f"skipped: {reason}")
    sys.exit(1 if os.environ.get("SHARDER_REQUIRE_LXC") == "1" else SKIPPED)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sharder", type=Path)
    parser.add_argument("--user", action="append", help="who tests run as in the clones (default: daemon, then root)")
    parser.add_argument("--keep", type=Path, help="copies the directory of the run there")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        skip("clones of this machine need root")
    made = contained = 0
    for user in arguments.user or ["daemon", "root"]:
        counts = judge(arguments.sharder.resolve(), user, arguments.keep)
        made, contained = made + counts[0], contained + counts[1]
    print(f"{made} attempts, {contained} contained")
    return 0 if made == contained else 1


if __name__ == "__main__":
    sys.exit(main())
