"""The lines that people read on the build's page."""

from __future__ import annotations

from .journal import Journal

_WORTH_TELLING = ("flaky", "failed", "lost", "not-run")
REASON_LIMIT_CHARACTERS = 200


def live(journal: Journal) -> str:
    """How far a run is: "1312/2000 tests, 2 flaky, 1 failed, 14 workers"."""
    if not journal.run_id:
        return "starting"
    if not journal.tests:
        return "listing tests" if journal.clones_ready else "starting clones"
    done = f"{journal.judged}/{counted(len(journal.tests), 'test')}"
    return ", ".join([done, *_verdicts(journal), counted(journal.workers, "worker")])


def ended(journal: Journal, reason: str) -> str:
    """How a run ended: "2000 tests, 2 flaky, 1 failed in 34 s", and the reason where counts do not tell it."""
    parts = []
    if journal.tests:
        judged = journal.judged
        total = len(journal.tests)
        known = counted(total, "test") if judged == total else f"{judged}/{counted(total, 'test')}"
        parts.append(", ".join([known, *_verdicts(journal)]) + _in_time(journal))
    elif journal.finished and not reason:
        parts.append("no test")
    if reason:
        parts.append(shortened(reason))
    return ": ".join(parts) or "finished"


def shortened(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= REASON_LIMIT_CHARACTERS else line[: REASON_LIMIT_CHARACTERS - 1] + "…"


def duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


def counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _verdicts(journal: Journal) -> list[str]:
    return [f"{journal.count(verdict)} {verdict}" for verdict in _WORTH_TELLING if journal.count(verdict)]


def _in_time(journal: Journal) -> str:
    return f" in {duration(journal.makespan_seconds)}" if journal.makespan_seconds else ""
