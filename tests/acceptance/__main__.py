"""The command line of the comparison: scripts/acceptance."""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .command import CommandFailed
from .compare import Comparison, compare, read_expected
from .fetch import WrongSource, cache_directory
from .sharder_run import SharderFailed, run_sharder
from .suites import ALL, HERE, Suite, prepared_tree
from .verdicts import Run, Unreadable


@dataclass(frozen=True)
class Row:
    suite: str
    comparison: Comparison | None  # none: it came to no comparison
    native: Run | None = None
    sharder: Run | None = None


def main() -> int:
    options = parse_arguments()
    by_name = {suite.name: suite for suite in ALL}
    names = options.suite or list(by_name)
    os.umask(0o022)
    rows = [row for name in names for row in measured(by_name[name], options)]
    print_table(rows)
    passed = sum(row.comparison.same + len(row.comparison.explained) for row in rows if row.comparison)
    failed = sum(len(row.comparison.unexplained) if row.comparison else 1 for row in rows)
    print("A test passes here when sharder and the suite's own runner agree on it, or the difference is explained.")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/acceptance", description=__doc__.splitlines()[0])
    parser.add_argument("--suite", action="append", choices=[suite.name for suite in ALL],
                        help="only this suite (repeatable; default: all)")
    parser.add_argument("--sharder", type=Path, default=os.environ.get("SHARDER"), help="the program to judge")
    parser.add_argument("--native-only", action="store_true", help="only run the suites by their own runners")
    parser.add_argument("--keep", action="store_true", help="keep the directories of sharder's runs")
    parser.add_argument("--copies", type=int, default=1, metavar="N",
                        help="run sharder N times at once: whole copies of a suite must not disturb each other either")
    parser.add_argument("arguments", nargs="*", help="for `sharder run`, after --")
    options = parser.parse_args()
    if options.sharder is None and not options.native_only:
        parser.error("--sharder or the variable SHARDER must name the program")
    return options


def measured(suite: Suite, options: argparse.Namespace) -> list[Row]:
    cache = cache_directory()
    tell(f"{suite.name}: preparing")
    try:
        tree = prepared_tree(suite, cache)
        work = cache / f"{suite.name}.work"
        work.mkdir(exist_ok=True)
        tell(f"{suite.name}: running by its own runner")
        native = suite.native(tree, work)
        if options.native_only:
            return [Row(suite.name, Comparison(len(native.verdicts), len(native.verdicts)), native)]
        tell(f"{suite.name}: running by sharder")
        runs = copies_by_sharder(tree, work, options)
    except (CommandFailed, WrongSource, SharderFailed, Unreadable, RuntimeError) as error:
        print(f"{suite.name}: {error}", flush=True)
        return [Row(suite.name, None)]
    return [compared(suite, native, run) for run in runs]


def copies_by_sharder(tree: Path, work: Path, options: argparse.Namespace) -> list[Run]:
    places = [work / f"copy-{number}" for number in range(options.copies)]
    for place in places:
        place.mkdir(exist_ok=True)
    program = options.sharder.resolve()
    with ThreadPoolExecutor(options.copies) as pool:
        return list(pool.map(lambda place: run_sharder(program, tree, place, options.arguments, options.keep), places))


def compared(suite: Suite, native: Run, sharder: Run) -> Row:
    comparison = compare(native, sharder, read_expected(HERE / suite.name / "expected.toml"))
    tell_differences(suite.name, comparison)
    return Row(suite.name, comparison, native, sharder)


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def tell_differences(name: str, comparison: Comparison) -> None:
    for difference, reason in comparison.explained:
        print(f"{name}: expected: {difference} ({reason})")
    for difference in comparison.unexplained[:40]:
        print(f"{name}: DIFFERENT: {difference}")
    if len(comparison.unexplained) > 40:
        print(f"{name}: and {len(comparison.unexplained) - 40} more")
    sys.stdout.flush()


def print_table(rows: list[Row]) -> None:
    print(f"\n{'suite':<12}{'tests':>7}{'same':>7}{'explained':>11}{'different':>11}{'native s':>10}{'sharder s':>11}")
    for row in rows:
        if row.comparison is None:
            print(f"{row.suite:<12}  did not come to a comparison, see above")
            continue
        counts = row.comparison
        print(f"{row.suite:<12}{counts.tests:>7}{counts.same:>7}{len(counts.explained):>11}"
              f"{len(counts.unexplained):>11}{seconds(row.native):>10}{seconds(row.sharder):>11}")


def seconds(run: Run | None) -> str:
    return f"{run.seconds:.1f}" if run else "-"


if __name__ == "__main__":
    sys.exit(main())
