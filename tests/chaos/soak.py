"""Runs very many tests and clones, and looks whether sharder grows: what it holds for each test may stay, nothing else.
It prints ten points of each series; the bounds are below."""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import remains
from .cradle import Cradle
from .faults import Progress
from .here import SKIPPED, why_not_here
from .processes import Process, with_role
from .results import JOURNAL, read_story

PROJECT = """\
project = "soak"

[suite.exec]
framework = "commands"

[framework.commands]
list = {{ command = "cat cases.json", format = "json" }}
run = {{ command = "{{command}}", format = "exit", feed = "each" }}
"""

FED = """
[suite.fed]
framework = "shell"

[framework.shell]
list = { command = "cat ids", format = "ids" }
run = { command = "sh runner.sh", format = "subunit1", feed = "stdin" }
"""

RUNNER = 'while read -r id; do echo "test: $id"; echo "success: $id"; done\n'

POINTS = 10
SETTLED = 0.25                     # of the tests: from there on nothing may grow but with the tests
MOST_BYTES_PER_TEST = 1024         # of the supervisor: id, attempts, usage and what reports need at the end
MOST_SERVER_GROWTH = 1 << 20       # allocator's noise
MOST_DESCRIPTOR_GROWTH = 12        # what a test's pipes take, should the sample fall into their time
MOST_MOUNT_GROWTH = 0
MOST_GROUP_GROWTH = 100            # of the least of many samples: on a busy machine eight clones come and go, of twelve each


@dataclass(frozen=True)
class Sample:
    tests: int
    supervisor_bytes: int
    supervisor_files: int
    server_bytes: int
    server_files: int
    children: int     # of the whole run, tests included
    mounts: int       # of the machine that speak of the run
    groups: int       # of the run, in all hierarchies: the fewest since the last sample


def main() -> int:
    options = parse_arguments()
    if (reason := why_not_here()) is not None:
        print(f"skipped: {reason}", file=sys.stderr)
        return 1 if os.environ.get("SHARDER_REQUIRE_LXC") else SKIPPED
    sharder = str(options.sharder.resolve())
    wrong = []
    with tempfile.TemporaryDirectory(prefix="sharder-soak-") as scratch:
        directory = Path(scratch)
        common = [sharder, "run", "--no-history", "--workers", str(options.workers), "--progress", "none"]
        _write_project(directory / "tests", options.tests, fed_share=0.5)
        wrong += soak(f"{options.tests} tests, every second one fed", common, directory / "tests", options.tests)
        _write_project(directory / "clones", options.clones, fed_share=0)
        wrong += soak(f"{options.clones} clones, one for each test", [*common, "--fresh", "clone"],
                      directory / "clones", options.clones)
    for one in wrong:
        print(f"VIOLATED: {one}")
    return 1 if wrong else 0


def soak(title: str, command: list[str], project: Path, tests: int) -> list[str]:
    run_directory = project.with_name(project.name + "-run")
    cradle = Cradle([*command, "-o", str(run_directory)], project, run_directory.with_suffix(".streams"))
    try:
        samples = _watch(cradle, run_directory, tests)
        ended = cradle.wait(600) and cradle.wait_deserted(5)
        wrong = [] if ended else [f"{title}: it does not end: {cradle.describe_family()}"]
        print(f"\n{title}, {(cradle.ended or time.monotonic()) - cradle.began:.0f} s")
        wrong += [f"{title}: {what}" for what in _judge(samples)]
        story = read_story(run_directory)
        verdicts = sum(verdicts == ["passed"] for verdicts in story.verdicts.values())
        if cradle.status != 0 or verdicts != tests:
            said = cradle.output("err")[-300:]
            wrong.append(f"{title}: exit status {cradle.status}, {verdicts} of {tests} passed: {said}")
        wrong += [f"{title}: {what}" for what in remains.after_clean(story.run_id)]
        return wrong
    finally:
        cradle.dismantle()


def _watch(cradle: Cradle, run_directory: Path, tests: int) -> list[Sample]:
    """A sample each time that another part of the tests has its verdict; none at the end, when clones are given up."""
    samples: list[Sample] = []
    progress = Progress(run_directory / JOURNAL)
    run_id, groups = "", []
    while not cradle.wait(0.02) and len(samples) < 2 * POINTS:
        done = progress.look()
        run_id = run_id or (read_story(run_directory).run_id if done else "")
        groups += [len(remains.groups_of(run_id))] if run_id else []
        if done < tests * (len(samples) + 1) / (2 * POINTS + 1):
            continue
        samples.append(_sample(cradle, run_id, done, min(groups)))
        groups = []
    return samples


def _sample(cradle: Cradle, run_id: str, done: int, groups: int) -> Sample:
    family = cradle.family()
    # A guard, where there is one, belongs to the server.
    servers = with_role(family, "server") + with_role(family, "guard")
    mounts = sum(run_id in line for line in Path("/proc/self/mountinfo").read_text().splitlines())
    return Sample(done, _resident_bytes(cradle.itself), _open_files(cradle.itself),
                  sum(map(_resident_bytes, servers)), sum(map(_open_files, servers)), len(family), mounts, groups)


def _judge(samples: list[Sample]) -> list[str]:
    print("    tests  supervisor KiB  files  server KiB  files  processes  mounts  groups")
    for one in samples[1::2]:
        print(f"{one.tests:9} {one.supervisor_bytes >> 10:15} {one.supervisor_files:6} {one.server_bytes >> 10:11} "
              f"{one.server_files:6} {one.children:10} {one.mounts:7} {one.groups:7}")
    if len(samples) < POINTS:
        return ["too few samples: the run ended early or was too fast"]
    settled, last = samples[int(len(samples) * SETTLED)], samples[-1]
    per_test = (last.supervisor_bytes - settled.supervisor_bytes) / max(1, last.tests - settled.tests)
    print(f"the supervisor grew by {per_test:.0f} bytes a test, the server by "
          f"{last.server_bytes - settled.server_bytes} bytes in all")
    # Clones that end and those that start come and go: what leaks is there when fewest are.
    settled_samples = samples[int(len(samples) * SETTLED):]
    middle = len(settled_samples) // 2
    fewest = [min(one.groups for one in part) for part in (settled_samples[:middle], settled_samples[middle:])]
    growths = [
        ("supervisor's memory a test", per_test, MOST_BYTES_PER_TEST),
        ("server's memory", last.server_bytes - settled.server_bytes, MOST_SERVER_GROWTH),
        ("supervisor's descriptors", last.supervisor_files - settled.supervisor_files, MOST_DESCRIPTOR_GROWTH),
        ("server's descriptors", last.server_files - settled.server_files, MOST_DESCRIPTOR_GROWTH),
        ("mounts", last.mounts - settled.mounts, MOST_MOUNT_GROWTH),
        ("control groups", fewest[1] - fewest[0], MOST_GROUP_GROWTH),
    ]
    return [f"{what} grew by {growth:.0f}, more than {most}" for what, growth, most in growths if growth > most]


def _resident_bytes(process: Process) -> int:
    try:
        return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _open_files(process: Process) -> int:
    try:
        return len(os.listdir(f"/proc/{process.pid}/fd"))
    except OSError:
        return 0


def _write_project(directory: Path, tests: int, fed_share: float) -> None:
    directory.mkdir()
    fed = round(tests * fed_share)
    (directory / "sharder.toml").write_text(PROJECT.format() + (FED if fed else ""))
    cases = (json.dumps({"id": f"case{number:05}", "command": "/bin/true"}) + "\n" for number in range(tests - fed))
    (directory / "cases.json").write_text("".join(cases))
    (directory / "ids").write_text("".join(f"fed{number:05}\n" for number in range(fed)))
    (directory / "runner.sh").write_text(RUNNER)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--tests", type=int, default=20000)
    parser.add_argument("--clones", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--sharder", type=Path, default=os.environ.get("SHARDER"), required="SHARDER" not in os.environ)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
