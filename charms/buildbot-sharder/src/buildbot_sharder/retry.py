"""Bounds how often a build is put back because its worker has no free slot.

Buildbot repeats a build that ends in RETRY for ever, and at once.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from buildbot.process.results import EXCEPTION, RETRY
from twisted.internet import defer

from .exit_status import Ending

if TYPE_CHECKING:
    from .step import Sharder


@defer.inlineCallbacks
def bounded(step: Sharder, ending: Ending) -> Generator[Any, Any, Ending]:
    """RETRY after a while, or EXCEPTION where the build's request has been put back often enough."""
    retries = yield _builds_before(step)
    step.setProperty("sharder_retries", retries, step.name)
    if retries >= step.retry_limit:
        reason = f"{ending.reason}, in {retries + 1} builds of this request; retry_limit is {step.retry_limit}"
        return Ending(EXCEPTION, reason)
    yield step.wait(step.retry_delay_seconds)
    return Ending(RETRY, ending.reason)


@defer.inlineCallbacks
def _builds_before(step: Sharder) -> Generator[Any, Any, int]:
    # Properties do not outlive a build that is put back, but every build of a request stays on record.
    counts = []
    for request in step.build.requests:
        builds = yield step.master.data.get(("buildrequests", request.id, "builds"))
        counts.append(len(builds))
    return max(counts, default=1) - 1
