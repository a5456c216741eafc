"""Every exit status of sharder's table, and those that are not in it."""

from __future__ import annotations

import pytest
from buildbot.process.results import CANCELLED, EXCEPTION, FAILURE, RETRY, SKIPPED, SUCCESS, WARNINGS

from buildbot_sharder.exit_status import ending_of

TABLE = {
    0: SUCCESS, 1: FAILURE, 2: EXCEPTION, 3: EXCEPTION, 4: SKIPPED, 5: FAILURE, 6: WARNINGS, 70: EXCEPTION, 75: RETRY,
    130: CANCELLED, 143: CANCELLED,
}  # fmt: skip


@pytest.mark.parametrize("status", range(-1, 256))
def test_each_status_has_a_result_and_a_reason(status: int) -> None:
    ending = ending_of(status, True, "", "sharder")
    assert ending.result == TABLE.get(status, EXCEPTION)
    assert ending.reason or status in (0, 1, 6)


@pytest.mark.parametrize("status", [0, 1, 6])
def test_no_result_without_a_run(status: int) -> None:
    ending = ending_of(status, False, "", "sharder")
    assert ending.result == EXCEPTION and "began no run" in ending.reason


def test_reasons() -> None:
    assert ending_of(5, True, "the setup command failed", "sharder").reason == "the setup command failed"
    assert ending_of(1, True, "said something", "sharder").reason == ""
    assert "is sharder installed there?" in ending_of(127, False, "", "sharder").reason
    assert "is sharder installed there?" in ending_of(-1, False, "", "sharder").reason
    assert "is sharder installed there?" in ending_of(None, False, "", "sharder").reason
    assert ending_of(139, True, "", "sharder").reason == "sharder was killed by SIGSEGV"
    assert ending_of(191, True, "", "sharder").reason == "sharder was killed by signal 63"
    assert (
        ending_of(42, True, "", "x").reason
        == 'sharder ended with exit status 42, which it does not have: is "x" sharder?'
    )
