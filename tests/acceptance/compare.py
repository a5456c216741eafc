"""Compares two runs of a suite, test by test. What may differ stands in the suite's expected.toml, with the reason."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from .verdicts import Run

ABSENT = "absent"


@dataclass(frozen=True)
class Expected:
    """A difference that is understood; `match` is a regular expression for whole ids."""

    match: str
    native: str
    sharder: tuple[str, ...]
    reason: str

    def covers(self, difference: "Difference") -> bool:
        return (re.fullmatch(self.match, difference.test) is not None and self.native == difference.native
                and difference.sharder in self.sharder)


@dataclass(frozen=True)
class Difference:
    test: str
    native: str
    sharder: str

    def __str__(self) -> str:
        return f"{self.test}: {self.native} by its own runner, {self.sharder} by sharder"


@dataclass
class Comparison:
    tests: int = 0
    same: int = 0
    explained: list[tuple[Difference, str]] = field(default_factory=list)
    unexplained: list[Difference] = field(default_factory=list)


def read_expected(path: Path) -> list[Expected]:
    if not path.exists():
        return []
    entries = tomllib.loads(path.read_text()).get("difference", [])
    return [Expected(entry["match"], entry["native"], tuple(entry["sharder"]), entry["reason"]) for entry in entries]


def compare(native: Run, sharder: Run, expected: list[Expected]) -> Comparison:
    comparison = Comparison()
    for test in sorted(native.verdicts.keys() | sharder.verdicts.keys()):
        comparison.tests += 1
        difference = Difference(test, native.verdicts.get(test, ABSENT), sharder.verdicts.get(test, ABSENT))
        reason = next((entry.reason for entry in expected if entry.covers(difference)), None)
        if difference.native == difference.sharder:
            comparison.same += 1
        elif reason is not None:
            comparison.explained.append((difference, reason))
        else:
            comparison.unexplained.append(difference)
    return comparison
