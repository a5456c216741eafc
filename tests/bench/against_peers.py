"""sharder against the usual runners, on the same suites with the same width. Wall time of the whole command."""

import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from .journal import read_run
from .measure import Sample, forget, in_turn, measure
from .projects import FRAMEWORKS, Bench, Project
from .suites import Size, make_suite
from .tables import print_table, ratio, seconds, spread

SUITES = {
    "commands": ["skewed", "flat"],
    "ctest": ["skewed", "flat", "locked", "wide", "giant", "burning-skewed", "burning-flat"],
    "pytest": ["skewed", "flat", "giant", "burning-skewed", "burning-flat"],
    "googletest": ["skewed", "flat", "burning-skewed", "burning-flat"],
    "unittest": ["skewed", "flat", "burning-skewed", "burning-flat"],
}

HEAD = ["suite", "runner", "first s", "warm s", "min-max", "sharder/it", "min-max", "to best", "makespan s", "to LB"]

LEGEND = """\
first: knows no durations; warm: knows those of earlier runs, where the runner keeps any. sharder/it: below 1 sharder
was faster, of pairs in the same round. makespan, to LB: of sharder's own journal, without start and end of the program.
Every sharder run is in containers; no other runner isolates anything but processes."""


@dataclass(frozen=True)
class Plan:
    size: Size
    rounds: int
    frameworks: list[str]
    suites: list[str] | None  # None: all


@dataclass(frozen=True)
class Standing:
    """Who won, for the summary."""
    suite: str
    to_best_peer: float
    best_peer: str


def print_peers(bench: Bench, directory: Path, plan: Plan, markdown: bool) -> None:
    standings = []
    for framework in plan.frameworks:
        rows, notes = [], []
        for name in SUITES[framework]:
            if plan.suites is not None and name not in plan.suites:
                continue
            project = FRAMEWORKS[framework](bench, directory / f"{framework}-{name}", make_suite(name, plan.size))
            more, standing = _compare(project, plan)
            rows += more
            standings.append(standing)
            notes = project.notes
        if rows:
            print_table(f"{framework}: {plan.size.tests} tests, {plan.size.seconds:g} s of work, {plan.size.slots} "
                        f"workers, median of {plan.rounds} rounds in turn", HEAD, rows, markdown, texts=2)
            for note in notes:
                print(note)
    print(LEGEND)
    _print_standings(standings)


def _compare(project: Project, plan: Plan) -> tuple[list[list[str]], Standing]:
    first = {}
    for contender in project.contenders:
        forget(contender)
        first[contender.name] = measure(contender).wall
    samples = in_turn(project.contenders, plan.rounds)
    run = read_run(project.run_directory, project.suite, plan.size.slots)
    medians = {name: _median(runs) for name, runs in samples.items()}
    best = min(medians.values())
    rows = []
    for name, runs in samples.items():
        walls = [sample.wall for sample in runs]
        pairs = [ours.wall / theirs.wall for ours, theirs in zip(samples["sharder"], runs)]
        ours = name == "sharder"
        rows.append([project.suite.name if ours else "", name, seconds(first[name]), seconds(medians[name]),
                     f"{min(walls):.2f}-{max(walls):.2f}", "" if ours else ratio(statistics.median(pairs)),
                     "" if ours else spread(pairs), ratio(medians[name] / best),
                     seconds(run.makespan) if ours else "", ratio(run.ratio) if ours else ""])
    _tell_progress(project, medians)
    peer = min((name for name in medians if name != "sharder"), key=lambda name: medians[name])
    pairs = [ours.wall / theirs.wall for ours, theirs in zip(samples["sharder"], samples[peer])]
    return rows, Standing(f"{project.framework}/{project.suite.name}", statistics.median(pairs), peer)


def _tell_progress(project: Project, medians: dict[str, float]) -> None:
    """The table comes when all of the framework is done; who stops before that still has seen something."""
    walls = ", ".join(f"{name} {wall:.2f} s" for name, wall in medians.items())
    print(f"{project.framework}/{project.suite.name}: {walls}", file=sys.stderr, flush=True)


def _median(runs: list[Sample]) -> float:
    return statistics.median(sample.wall for sample in runs)


def _print_standings(standings: list[Standing]) -> None:
    first = sum(standing.to_best_peer <= 1 for standing in standings)
    near = sum(standing.to_best_peer <= 1.05 for standing in standings)
    print(f"\nsharder is first on {first} of {len(standings)} suites, within 5 % of the best on {near}")
    for standing in standings:
        if standing.to_best_peer > 1:
            print(f"not first: {standing.suite}, {standing.to_best_peer:.3f} times {standing.best_peer}")
