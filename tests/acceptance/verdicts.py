"""What a run of a suite told: a verdict for every test, and how long the whole took."""

from dataclasses import dataclass

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass(frozen=True)
class Run:
    verdicts: dict[str, str]  # by test id: passed, failed or skipped; sharder has flaky, lost and not-run besides
    seconds: float


class Unreadable(Exception):
    """A runner's results cannot be understood."""
