"""Reads a run's journal, line by line, as it grows. Knows nothing of Buildbot.

Readers of a journal skip what they do not understand: a line may be torn, and later versions of sharder add events
and fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

FAILURES = frozenset({"failed", "unexpected-success", "crashed", "timed-out", "leaked"})
VERDICTS = ("passed", "failed", "flaky", "skipped", "lost", "not-run")
MESSAGE_LIMIT_CHARACTERS = 500


@dataclass(frozen=True)
class Attempt:
    """One execution of one test."""

    number: int
    outcome: str
    seconds: float
    message: str
    log: str


@dataclass
class Test:
    """What the journal says of a test so far; without a verdict it has not finished."""

    name: str
    verdict: str = ""
    cause: str = ""
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(attempt.seconds for attempt in self.attempts)

    @property
    def failing_attempts(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.outcome in FAILURES]

    @property
    def message(self) -> str:
        failing = self.failing_attempts
        return failing[-1].message if failing else ""


class Journal:
    """The state of a run, as far as its journal tells."""

    def __init__(self) -> None:
        self.run_id = ""
        self.workers = 0
        self.clones_ready = False
        self.tests: dict[str, Test] = {}
        self.warnings: list[str] = []
        self.finished = False
        self.exit_status: int | None = None
        self.makespan_seconds = 0.0
        self.elapsed_seconds = 0.0
        self.skipped_lines = 0
        self._verdicts = dict.fromkeys(VERDICTS, 0)

    @classmethod
    def of(cls, lines: Iterable[str]) -> Journal:
        journal = cls()
        for line in lines:
            journal.feed(line)
        return journal

    def feed(self, line: str) -> bool:
        """Takes one line in. False where it could not be read and was passed over."""
        if not line.strip():
            return False
        try:
            event = json.loads(line)
            self._take(event)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.skipped_lines += 1
            return False
        return True

    def count(self, verdict: str) -> int:
        return self._verdicts[verdict]

    @property
    def counts(self) -> dict[str, int]:
        return {"selected": len(self.tests), **self._verdicts}

    @property
    def judged(self) -> int:
        return sum(self._verdicts.values())

    def with_verdict(self, *verdicts: str) -> list[Test]:
        return [test for test in self.tests.values() if test.verdict in verdicts]

    def _take(self, event: Mapping[str, Any]) -> None:
        self.elapsed_seconds = float(event.get("elapsed", self.elapsed_seconds))
        name = event["event"]
        if name == "run.started":
            self._start(event)
        elif name == "clone.ready":
            self.clones_ready = True
        elif name == "test.listed":
            self._test(event)
        elif name == "attempt.finished":
            self._end_attempt(event)
        elif name == "test.finished":
            self._judge(event)
        elif name == "notice" and event.get("weight") == "warning":
            self.warnings.append(str(event["text"]))
        elif name == "run.finished":
            self._finish(event)

    def _start(self, event: Mapping[str, Any]) -> None:
        # A run that goes on has another run.started: what it says holds from there on.
        self.run_id = str(event["run_id"])
        self.workers = int(event["workers"])
        self.finished = False
        self.exit_status = None

    def _test(self, event: Mapping[str, Any]) -> Test:
        name = str(event["test"])
        return self.tests.setdefault(name, Test(name))

    def _end_attempt(self, event: Mapping[str, Any]) -> None:
        attempt = Attempt(
            number=int(event["attempt"]),
            outcome=str(event["outcome"]),
            seconds=float(event.get("seconds", 0)),
            message=str(event.get("message", ""))[:MESSAGE_LIMIT_CHARACTERS],
            log=str(event.get("log", "")),
        )
        self._test(event).attempts.append(attempt)

    def _judge(self, event: Mapping[str, Any]) -> None:
        verdict = str(event["verdict"])
        if verdict not in self._verdicts:
            raise ValueError(f"unknown verdict {verdict}")
        test = self._test(event)
        if test.verdict:
            self._verdicts[test.verdict] -= 1
        test.verdict = verdict
        test.cause = str(event.get("cause", ""))
        self._verdicts[verdict] += 1

    def _finish(self, event: Mapping[str, Any]) -> None:
        self.exit_status = int(event["exit_status"])
        self.makespan_seconds = float(event.get("makespan", 0))
        self.finished = True
