"""Puts what is known of a run where Buildbot shows it or hands it on."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from twisted.internet import defer

from . import transfer
from .journal import Attempt, Journal, Test

if TYPE_CHECKING:
    from .base import RunStep

BUILD_DATA = "sharder-summary"
NAMED_TESTS = 100
_NANOSECONDS = 1_000_000_000
_PASSES = ("passed", "flaky")
_FAILS = ("failed", "lost")


@defer.inlineCallbacks
def what_is_known(step: RunStep) -> Generator[Any, Any, None]:
    """Figures, results of tests, the summary: all that needs no worker."""
    set_figures(step)
    yield add_test_results(step)
    yield step.setBuildData(BUILD_DATA, json.dumps(_summary(step.journal)).encode(), "Sharder")
    yield _add_log(step, "summary", step.summary)
    yield _add_log(step, "problems", "\n".join([*step.journal.warnings, *step.problems]))


def set_figures(step: RunStep) -> None:
    """Statistics for other steps of the build, properties for other builds and for reporters."""
    journal = step.journal
    for verdict, count in journal.counts.items():
        step.setStatistic(f"tests-{'total' if verdict == 'selected' else verdict}", count)
        name = "sharder_tests" if verdict == "selected" else f"sharder_{verdict.replace('-', '_')}"
        step.setProperty(name, count, step.name)
    step.setStatistic("duration", journal.elapsed_seconds)
    step.setStatistic("workers", journal.workers)
    step.setProperty("sharder_run_id", journal.run_id, step.name)
    step.setProperty("sharder_duration", journal.elapsed_seconds, step.name)
    step.setProperty("sharder_exit_status", journal.exit_status, step.name)


@defer.inlineCallbacks
def add_test_results(step: RunStep) -> Generator[Any, Any, None]:
    """A result for each test with a verdict. Buildbot has no word for flaky: such tests pass, and are in a set of
    their own besides."""
    judged = step.journal.with_verdict(*_PASSES, *_FAILS)
    yield _add_set(step, ("sharder", "pass_fail", "boolean"), judged)
    yield _add_set(step, ("sharder flaky", "flaky", "boolean"), step.journal.with_verdict("flaky"))


@defer.inlineCallbacks
def failed_tests(step: RunStep, output: str) -> Generator[Any, Any, None]:
    """A log for each of the first tests that failed, then of those that are flaky: what the failing attempt said."""
    candidates = step.journal.with_verdict("failed", "lost") + step.journal.with_verdict("flaky")
    for test in candidates[: step.log_limit]:
        yield _add_log(step, test.name, (yield _told_of(step, test, output)))
    missing = len(candidates) - step.log_limit
    if missing > 0:
        step.problems.append(
            f"{missing} more tests failed or are flaky; only log_limit={step.log_limit} have a log of their own. "
            f"All output: {output}/logs on the worker"
        )


@defer.inlineCallbacks
def _told_of(step: RunStep, test: Test, output: str) -> Generator[Any, Any, str]:
    shown = test.failing_attempts or test.attempts
    attempt = shown[-1] if shown else None
    head = [f"{test.name}: {test.verdict}" + (f", cause {test.cause}" if test.cause else "")]
    if attempt is None:
        return "\n".join([*head, "no attempt at it was recorded"])
    head.append(f"attempts: {', '.join(a.outcome for a in test.attempts)}; below, attempt {attempt.number}")
    said = yield _attempt_log(step, attempt, output)
    return "\n".join([*head, "", said])


@defer.inlineCallbacks
def _attempt_log(step: RunStep, attempt: Attempt, output: str) -> Generator[Any, Any, str]:
    if not attempt.log:
        return attempt.message
    # A byte more than is shown tells whether there is more.
    limit = step.log_limit_bytes
    text = yield transfer.read(step, posixpath.join(output, attempt.log), limit)
    if not text:
        return attempt.message
    if len(text.encode()) >= limit:
        text += f"\n… cut at log_limit_bytes={limit}; all of it: {output}/{attempt.log} on the worker\n"
    return str(text)


@defer.inlineCallbacks
def _add_set(step: RunStep, what: tuple[str, str, str], tests: list[Test]) -> Generator[Any, Any, None]:
    if not tests:
        return
    identity = yield step.addTestResultSet(*what)
    for test in tests:
        # Buildbot wants the value as text, though it is a boolean.
        value = "1" if test.verdict in _PASSES else "0"
        duration = int(test.seconds * _NANOSECONDS)
        step.addTestResult(identity, value, test_name=test.name, duration_ns=duration)


@defer.inlineCallbacks
def _add_log(step: RunStep, name: str, text: str) -> Generator[Any, Any, None]:
    if not text:
        return
    while name in step.logs:
        name += " (test)"
    yield step.addCompleteLog(name, text)


def _summary(journal: Journal) -> dict[str, Any]:
    named = journal.with_verdict("failed", "lost")
    flaky = journal.with_verdict("flaky")
    return {
        "run_id": journal.run_id,
        "exit_status": journal.exit_status,
        "counts": journal.counts,
        "workers": journal.workers,
        "duration_seconds": journal.elapsed_seconds,
        "makespan_seconds": journal.makespan_seconds,
        "failed": [_named(test) for test in named[:NAMED_TESTS]],
        "flaky": [_named(test) for test in flaky[:NAMED_TESTS]],
        "warnings": journal.warnings[:NAMED_TESTS],
    }


def _named(test: Test) -> dict[str, str]:
    return {"test": test.name, "verdict": test.verdict, "cause": test.cause, "message": test.message}
