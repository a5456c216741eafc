"""Measures what sharder adds to tests that do nothing, beside the usual runners. Numbers never fail it."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from .measure import Broken, Sample, in_turn, median
from .memory import idle_memory
from .workloads import Workload, exec_workload, pytest_workload


def main() -> int:
    options = parse_arguments()
    sharder = options.sharder.resolve()
    with tempfile.TemporaryDirectory(prefix="sharder-bench-", dir=options.directory) as scratch:
        directory = Path(scratch)
        try:
            for workload in (exec_workload(sharder, directory / "exec", options.tests, options.workers),
                             pytest_workload(sharder, directory / "pytest", options.tests, options.workers)):
                print_workload(workload, in_turn(workload.contenders, options.rounds), options.rounds)
            print_memory(sharder, directory)
        except Broken as broken:
            print(broken, file=sys.stderr)
            return 1
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--sharder", type=Path, default=os.environ.get("SHARDER"), required="SHARDER" not in os.environ)
    parser.add_argument("--tests", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--directory", help="where the projects are made (default: the directory for temporary files)")
    return parser.parse_args()


def print_workload(workload: Workload, samples: dict[str, list[Sample]], rounds: int) -> None:
    print(f"\n{workload.title} (medians of {rounds} runs, taken in turn)")
    print(f"{'':<24}{'wall s':>8}{'ms a test':>11}{'own CPU ms':>12}{'all CPU ms':>12}{'sharder/this':>14}")
    ours = median([sample.wall for sample in samples["sharder"]])
    for name, runs in samples.items():
        wall = median([sample.wall for sample in runs])
        own, everything = (1000 * median(values) / workload.tests
                           for values in ([run.own_cpu for run in runs], [run.all_cpu for run in runs]))
        print(f"{name:<24}{wall:>8.2f}{1000 * wall / workload.tests:>11.2f}{own:>12.2f}{everything:>12.2f}"
              f"{ours / wall:>14.2f}")
    print("own CPU: of the runner's first process, a test; all CPU: with everything that it waited for, a test")


def print_memory(sharder: Path, directory: Path) -> None:
    idle = idle_memory(sharder, directory / "idle", clones=8)
    print(f"\nmemory with {idle.clones} idle clones (proportional set size)")
    print(f"supervisor {idle.supervisor_bytes / 2**20:.1f} MiB, each clone {idle.clone_bytes / 2**20:.2f} MiB")


if __name__ == "__main__":
    sys.exit(main())
