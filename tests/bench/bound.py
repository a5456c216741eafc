"""How close sharder comes to what no scheduler can beat: sleeping tests in real clones, on more workers than cores."""

import statistics
import sys
from pathlib import Path

from .journal import Run, read_run
from .measure import forget, measure
from .projects import Bench, Project, commands
from .suites import Size, make_suite
from .tables import print_table, ratio, seconds, spread

LEARNING_RUNS = 3  # of which the first knows nothing

HEAD = ["suite", "LB s", "binds", "cold", "warm", "min-max", "start-up s", "arrival s", "gap ms", "gaps s", "tail s",
        "its LB s", "LB off by"]

LEGEND = """\
cold, warm: makespan / LB without history, and with that of 3 runs; LB = start-up + max(work / slots, longest test,
longest lock chain), from the run's own journal. start-up: until a test could start. Where the rest went, of the median
run: arrival, until the workers' first tests (mean); gap, what a worker spends on a test beside the test's own seconds
(median); gaps, all of a worker's, waiting included; tail, from a worker's last test to the last verdict (mean). its LB:
what sharder says of itself."""


def print_bound(bench: Bench, directory: Path, size: Size, rounds: int, kinds: list[str],
                markdown: bool) -> None:
    rows, colds, warms = [], [], []
    for kind in kinds:
        print(f"bound/{kind}", file=sys.stderr, flush=True)
        project = commands(bench, directory / f"bound-{kind}", make_suite(kind, size))
        cold = _runs(project, size.slots, rounds, warm=False)
        warm = _runs(project, size.slots, rounds, warm=True)
        colds += [run.ratio for run in cold]
        warms += [run.ratio for run in warm]
        rows.append(_row(kind, cold, warm))
    print_table(f"makespan / lower bound: {size.tests} sleeping tests, {size.seconds:g} s of work, {size.slots} "
                f"workers, median of {rounds} runs", HEAD, rows, markdown)
    print(LEGEND)
    print(f"over all suites: cold median {ratio(statistics.median(colds))}; warm median "
          f"{ratio(statistics.median(warms))}, p95 {ratio(_high(warms))}")


def _runs(project: Project, slots: int, rounds: int, warm: bool) -> list[Run]:
    sharder = project.contenders[0]
    forget(sharder)
    for _ in range(LEARNING_RUNS if warm else 0):
        measure(sharder)
    runs = []
    for _ in range(rounds):
        if not warm:
            forget(sharder)
        measure(sharder)
        runs.append(read_run(project.run_directory, project.suite, slots))
    return runs


def _row(name: str, cold: list[Run], warm: list[Run]) -> list[str]:
    run = sorted(warm, key=lambda run: run.ratio)[len(warm) // 2]
    told = [seconds(run.told.total), f"{run.told.total - run.bound.total:+.3f} s"] if run.told else ["-", "-"]
    return [name, seconds(run.bound.total), run.bound.binding, ratio(statistics.median(run.ratio for run in cold)),
            ratio(run.ratio), spread([run.ratio for run in warm]), f"{run.bound.startup:.3f}", f"{run.arrival:.3f}",
            f"{1000 * run.gap:.1f}", f"{run.gaps_per_worker:.3f}", f"{run.tail:.3f}", *told]


def _high(values: list[float]) -> float:
    """The 95th percentile, not interpolated."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]
