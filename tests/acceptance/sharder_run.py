"""Runs a suite with `sharder run` and reads the verdicts from results.json."""

import json
import shutil
import subprocess
import time
from pathlib import Path

from .command import clean_environment
from .verdicts import Run, Unreadable

# 0, 1, 3, 6: the run ended and its results say how; anything else means that there is nothing to compare.
ENDED = (0, 1, 3, 6)


class SharderFailed(Exception):
    """sharder itself failed, rather than tests."""


def run_sharder(program: Path, tree: Path, work: Path, arguments: list[str], keep: bool) -> Run:
    output = work / "sharder-run"
    shutil.rmtree(output, ignore_errors=True)
    command = [str(program), "run", "--no-history", "--output", str(output), "--progress", "lines", *arguments]
    log = work / "sharder.log"
    started = time.monotonic()
    with log.open("wb") as sink:
        status = subprocess.run(command, cwd=tree, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=sink,
                                stderr=subprocess.STDOUT, check=False).returncode
    seconds = time.monotonic() - started
    if status not in ENDED:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise SharderFailed(f"sharder run: exit status {status}, in {tree}\n{tail}")
    verdicts = read_verdicts(output / "results.json")
    if not keep:
        shutil.rmtree(output)
    return Run(verdicts, seconds)


def read_verdicts(results: Path) -> dict[str, str]:
    verdicts: dict[str, str] = {}
    for test in json.loads(results.read_text())["results"]["tests"]:
        if test["name"] in verdicts:
            raise Unreadable(f"{results}: {test['name']} is reported twice")
        verdicts[test["name"]] = test["extra"]["verdict"]
    return verdicts
