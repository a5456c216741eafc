"""What the exit status of sharder means for a build."""

from __future__ import annotations

from dataclasses import dataclass

from buildbot.process.results import CANCELLED, EXCEPTION, FAILURE, RETRY, SKIPPED, SUCCESS, WARNINGS

NOT_STARTED = (126, 127)
SIGNALS = {1: "SIGHUP", 2: "SIGINT", 6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}


@dataclass(frozen=True)
class Ending:
    """A result of Buildbot's, and the reason where counts alone do not tell it."""

    result: int
    reason: str = ""


_KNOWN = {
    0: Ending(SUCCESS),
    1: Ending(FAILURE),
    2: Ending(EXCEPTION, "wrong configuration, or the machine is unfit"),
    3: Ending(EXCEPTION, "the run is incomplete"),
    4: Ending(SKIPPED, "no test was selected"),
    5: Ending(FAILURE, "listing, setup or the start of services failed"),
    6: Ending(WARNINGS),
    70: Ending(EXCEPTION, "a bug in sharder"),
    75: Ending(RETRY, "no slot is free on this worker"),
    130: Ending(CANCELLED, "stopped by SIGINT on the worker"),
    143: Ending(CANCELLED, "stopped by SIGTERM on the worker"),
}
# Buildbot's worker answers 1 for a program that it cannot start, and so may what is not sharder at all.
_TOLD_BY_A_RUN = frozenset({0, 1, 6})
# What sharder says on standard error is more exact than the table for these.
_EXPLAINED_BY_SHARDER = frozenset({2, 3, 4, 5, 70, 75})


def ending_of(status: int | None, began: bool, said: str, program: str) -> Ending:
    """What a run that ended with this status means.

    `began` tells whether a journal was written, `said` is sharder's own last message, or empty.
    """
    known = _KNOWN.get(status) if status is not None else None
    if known is None or status is None or (status in _TOLD_BY_A_RUN and not began):
        return Ending(EXCEPTION, _unknown(status, program))
    return Ending(known.result, said if said and status in _EXPLAINED_BY_SHARDER else known.reason)


def _unknown(status: int | None, program: str) -> str:
    if status in NOT_STARTED:
        return f'the worker cannot start "{program}" (exit status {status}): is sharder installed there?'
    if status in _TOLD_BY_A_RUN:
        return f'"{program}" ended with exit status {status} and began no run: is sharder installed on the worker?'
    if status is None or status < 0:
        return f'"{program}" was killed, or the worker could not start it: is sharder installed there?'
    if status > 128:
        number = status - 128
        return f"sharder was killed by {SIGNALS.get(number, f'signal {number}')}"
    return f'sharder ended with exit status {status}, which it does not have: is "{program}" sharder?'
