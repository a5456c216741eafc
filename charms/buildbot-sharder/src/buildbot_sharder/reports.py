"""Brings a run's reports to the master: what exists, and what is not too large."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from buildbot.process.buildstep import BuildStep
from twisted.internet import defer, threads

from . import transfer
from .journal import Journal

JOURNAL = "journal.ndjson"
NAMES = (JOURNAL, "results.json", "junit.xml", "report.html")


@dataclass
class Uploaded:
    """Paths on the master by file name, and what could not be brought there, as sentences."""

    files: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@defer.inlineCallbacks
def upload(
    step: BuildStep, source: str, destination: str, names: Sequence[str], limit_bytes: int
) -> Generator[Any, Any, Uploaded]:
    """Copies the named files of a run's directory into a directory of the master."""
    uploaded = Uploaded()
    for name in names:
        path = posixpath.join(source, name)
        size = yield transfer.size_on_worker(step, path)
        if size is None:
            continue
        if size > limit_bytes:
            uploaded.problems.append(
                f"{path} stays on the worker: its {size} bytes are more than upload_limit_bytes={limit_bytes}"
            )
            continue
        target = os.path.join(destination, name)
        if (yield transfer.upload(step, path, target, limit_bytes)):
            uploaded.files[name] = target
        else:
            uploaded.problems.append(f"{path} could not be copied to {target} on the master")
    return uploaded


def read_journal(path: str) -> defer.Deferred[Journal]:
    """Reads a journal on the master, without stopping the master meanwhile."""
    return threads.deferToThread(read_journal_now, path)


def read_journal_now(path: str) -> Journal:
    """The same, for threads."""
    with open(path, encoding="utf-8", errors="replace") as lines:
        return Journal.of(lines)
