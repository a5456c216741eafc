"""Suites to be scheduled: how long each test takes, its locks and cores. A seed decides; equal seeds, equal suites."""

import random
from dataclasses import dataclass, replace

SKEW = 1.5  # standard deviation of the logarithm of durations: what real suites show
LOCKED_SHARE = 0.15  # of the work
WIDE_SHARE = 0.10    # of the tests


@dataclass(frozen=True)
class Case:
    name: str
    seconds: float
    locks: tuple[str, ...] = ()
    cores: int = 1


@dataclass(frozen=True)
class Suite:
    name: str
    cases: list[Case]
    burns: bool = False  # tests use a core instead of sleeping

    @property
    def serial_seconds(self) -> float:
        return sum(case.seconds for case in self.cases)


@dataclass(frozen=True)
class Size:
    tests: int
    seconds: float  # of all tests, one after another
    slots: int
    seed: int


def make_suite(name: str, size: Size) -> Suite:
    """`name` is one of KINDS, or one with "burning-" before it."""
    kind = name.removeprefix("burning-")
    chance = random.Random(f"{size.seed}:{kind}")
    durations = _flat(chance, size) if kind == "flat" else _skewed(chance, size)
    cases = [Case(f"t{number:03}", seconds) for number, seconds in enumerate(durations)]
    return Suite(name, KINDS[kind](cases, chance, size), burns=name != kind)


def _flat(chance: random.Random, size: Size) -> list[float]:
    return _scaled([chance.uniform(0.9, 1.1) for _ in range(size.tests)], size.seconds)


def _skewed(chance: random.Random, size: Size) -> list[float]:
    """No test is near as long as what a slot has to do anyway: that is what the suite `giant` is for."""
    durations = [chance.lognormvariate(0, SKEW) for _ in range(size.tests)]
    longest = 0.5 * size.seconds / size.slots
    return _scaled([min(seconds, longest) for seconds in _scaled(durations, size.seconds)], size.seconds)


def _scaled(durations: list[float], seconds: float) -> list[float]:
    factor = seconds / sum(durations)
    return [duration * factor for duration in durations]


def _as_they_are(cases: list[Case], _chance: random.Random, _size: Size) -> list[Case]:
    return cases


def _locked(cases: list[Case], chance: random.Random, size: Size) -> list[Case]:
    """One lock for 15 % of the work: on 8 slots its chain is longer than a slot's share."""
    chosen, sum_of_chosen = set(), 0.0
    for number in chance.sample(range(len(cases)), len(cases)):
        if sum_of_chosen + cases[number].seconds <= LOCKED_SHARE * size.seconds:
            chosen.add(number)
            sum_of_chosen += cases[number].seconds
    return [replace(case, locks=("database",)) if number in chosen else case for number, case in enumerate(cases)]


def _wide(cases: list[Case], chance: random.Random, size: Size) -> list[Case]:
    chosen = set(chance.sample(range(len(cases)), round(WIDE_SHARE * size.tests)))
    widest = max(2, size.slots // 2)
    return [replace(case, cores=chance.randint(2, widest)) if number in chosen else case
            for number, case in enumerate(cases)]


def _giant(cases: list[Case], chance: random.Random, size: Size) -> list[Case]:
    """One test almost as long as the whole run: what comes before it delays the end."""
    seconds = 0.95 * size.seconds / size.slots
    place = chance.randrange(len(cases))
    others = sum(case.seconds for case in cases) - cases[place].seconds
    return [replace(case, seconds=seconds if number == place else case.seconds * (size.seconds - seconds) / others)
            for number, case in enumerate(cases)]


KINDS = {"skewed": _as_they_are, "flat": _as_they_are, "locked": _locked, "wide": _wide, "giant": _giant}
