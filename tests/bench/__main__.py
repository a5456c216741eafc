"""Measures what sharder adds to tests that do nothing, how close it comes to the lower bound, and how it compares with
the usual runners. It prints; numbers never fail it. Each suite is the same wherever the seed is."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from .against_peers import SUITES, Plan, print_peers
from .bound import print_bound
from .measure import Broken
from .overhead import print_overhead
from .peers_found import find_peers
from .programs import Programs
from .projects import Bench
from .suites import KINDS, Size

PARTS = ["overhead", "bound", "peers"]


def main() -> int:
    options = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="sharder-bench-", dir=options.directory) as scratch:
        try:
            run_parts(options, Path(scratch))
        except Broken as broken:
            print(broken, file=sys.stderr)
            return 1
    return 0


def run_parts(options: argparse.Namespace, directory: Path) -> None:
    sharder = options.sharder.resolve()
    bench = Bench(sharder, options.workers, Programs(directory / "programs"),
                  find_peers(directory, options.gtest_parallel))
    if "overhead" in options.parts:
        print_overhead(sharder, directory, options.tests, options.workers, options.rounds, options.markdown)
    if "bound" in options.parts:
        wide = Bench(sharder, options.bound_workers, bench.programs, bench.peers)
        size = Size(200, options.bound_seconds, options.bound_workers, options.seed)
        kinds = [kind for kind in KINDS if options.suite is None or kind in options.suite]
        print_bound(wide, directory, size, options.rounds, kinds, options.markdown)
    if "peers" in options.parts:
        size = Size(100, options.seconds, options.workers, options.seed)
        plan = Plan(size, options.rounds, options.framework or list(SUITES), options.suite)
        print_peers(bench, directory, plan, options.markdown)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="a smoke run of a minute: its numbers mean little")
    parser.add_argument("--markdown", action="store_true", help="tables in Markdown")
    parser.add_argument("--sharder", type=Path, default=os.environ.get("SHARDER"), required="SHARDER" not in os.environ)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="in overhead and peers (2)")
    parser.add_argument("--tests", type=int, default=1000, help="in overhead (1000)")
    parser.add_argument("--seconds", type=float, default=20, help="of work in each suite of peers (20)")
    parser.add_argument("--framework", action="append", choices=list(SUITES), help="in peers, only this; repeatable")
    parser.add_argument("--suite", action="append", help="in bound and peers, only this, as in skewed; repeatable")
    parser.add_argument("--bound-workers", type=int, default=8, help="in bound (8)")
    parser.add_argument("--bound-seconds", type=float, default=60, help="of work in each suite of bound (60)")
    parser.add_argument("--gtest-parallel", type=Path, default=os.environ.get("GTEST_PARALLEL"), metavar="FILE",
                        help="gtest_parallel.py, where it is not in PATH")
    parser.add_argument("--directory", help="where the projects are made (default: the directory for temporary files)")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))} (there are {', '.join(PARTS)})")
    options.parts = options.parts or PARTS
    if options.quick:
        options.rounds, options.tests, options.seconds, options.bound_seconds = 1, 100, 2, 4
        options.suite = options.suite or ["skewed"]
    return options


if __name__ == "__main__":
    sys.exit(main())
