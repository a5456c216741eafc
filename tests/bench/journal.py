"""Reads a run's journal: what no scheduler could beat with those tests, and where the time between went."""

import json
import re
import statistics
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from .measure import Broken
from .suites import Suite


@dataclass(frozen=True)
class Bound:
    """LB = start-up + max(work / slots, longest test, longest chain of one lock). A test of k cores counts k times."""
    startup: float
    work: float
    longest: float
    chain: float

    @property
    def total(self) -> float:
        return self.startup + max(self.work, self.longest, self.chain)

    @property
    def binding(self) -> str:
        return max(("work", self.work), ("longest", self.longest), ("chain", self.chain), key=lambda term: term[1])[0]


@dataclass(frozen=True)
class Told:
    """What sharder itself says of its bound."""
    startup: float
    total: float
    binding: str


@dataclass(frozen=True)
class Run:
    bound: Bound
    makespan: float         # from the run's start to the last verdict
    told: Told | None       # None: this sharder does not say
    arrival: float          # mean over the workers: from where a test could start to their first test
    gap: float              # median of what a worker spends on a test beside the test's own seconds
    gaps_per_worker: float  # all of them, a worker; waiting for locks and cores is in it
    tail: float             # mean over the workers: from their last test's end to the last verdict

    @property
    def ratio(self) -> float:
        return self.makespan / self.bound.total


def read_run(directory: Path, suite: Suite, slots: int) -> Run:
    events = [json.loads(line) for line in (directory / "journal.ndjson").read_text().splitlines()]
    by_kind = defaultdict(list)
    for event in events:
        by_kind[event["event"]].append(event)
    if not by_kind["run.finished"]:
        raise Broken(f"{directory}: the journal has no end")
    begin = by_kind["run.started"][0]["elapsed"]
    end = by_kind["test.finished"][-1]["elapsed"]
    possible = max(by_kind["clone.ready"][0]["elapsed"], by_kind["test.listed"][-1]["elapsed"])
    bound = _bound(by_kind["attempt.finished"], suite, slots, startup=possible - begin)
    return Run(bound, end - begin, _told(by_kind["run.finished"][-1]), *_losses(events, slots, possible, end))


def _bound(finished: list[dict], suite: Suite, slots: int, startup: float) -> Bound:
    cases = {case.name: case for case in suite.cases}
    work, longest, chains = 0.0, 0.0, defaultdict(float)
    for event in finished:
        case = cases[_last_word(event["test"])]
        work += event["seconds"] * min(case.cores, slots)
        longest = max(longest, event["seconds"])
        for lock in case.locks:
            chains[lock] += event["seconds"]
    return Bound(startup, work / slots, longest, max(chains.values(), default=0.0))


def _last_word(test: str) -> str:
    """Frameworks put a program, a class or a function before the case's own name."""
    return re.split(r"[\[\]/:.]", test.rstrip("]"))[-1].removeprefix("test_")


def _told(finished: dict) -> Told | None:
    if "lower_bound_seconds" not in finished:
        return None
    return Told(finished.get("startup_seconds", 0.0), finished["lower_bound_seconds"], finished.get("binding", ""))


def _losses(events: list[dict], slots: int, possible: float, end: float) -> tuple[float, float, float, float]:
    first, last, gaps = {}, {}, []
    for event in events:
        worker = event.get("worker")
        if event["event"] == "attempt.started":
            first.setdefault(worker, event["elapsed"])
        elif event["event"] == "attempt.finished":
            gaps.append(event["elapsed"] - last.get(worker, first[worker]) - event["seconds"])
            last[worker] = event["elapsed"]
    arrival = statistics.fmean(first.get(worker, end) - possible for worker in range(slots))
    tail = statistics.fmean(end - last.get(worker, end) for worker in range(slots))
    return arrival, statistics.median(gaps or [0.0]), sum(gaps) / slots, tail
