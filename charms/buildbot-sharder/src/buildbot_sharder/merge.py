"""The build step that merges the runs of all parts, and is green only if every part came and is whole."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Generator
from typing import Any

from buildbot.process.results import CANCELLED, EXCEPTION, FAILURE, SUCCESS, WARNINGS
from twisted.internet import defer, threads

from . import reports, texts, transfer
from .base import RunStep
from .exit_status import Ending
from .history import MERGED
from .journal import Journal

# The property that says where the parts' builds put their reports.
PARTS_DIRECTORY = "sharder_parts_directory"


def part_directory(directory: str, part: int) -> str:
    return posixpath.join(directory, f"part-{part}")


class MergeShards(RunStep):
    """Checks the journals of all parts on the master, then makes one run of them with `sharder merge`."""

    name = "merge"

    def __init__(self, sharder: Any = "sharder", *, shards: int, flaky: str = "warn", **kwargs: Any) -> None:
        super().__init__(sharder, **kwargs)
        self.shards = shards
        self.flaky = flaky
        self._merged = ""

    @property
    def reports_directory(self) -> str | None:
        return posixpath.join(str(self.getProperty(PARTS_DIRECTORY)), "merged") if self.reports else None

    @defer.inlineCallbacks
    def run(self) -> Generator[Any, Any, int]:
        parts = yield threads.deferToThread(read_parts, str(self.getProperty(PARTS_DIRECTORY)), self.shards)
        objections = objections_to(parts, self.shards)
        self.problems += objections
        if parts:
            yield self._merge(parts, partial=bool(objections))
        if objections and not self.stopped:
            # Whatever the parts that came say: the suite was not tested as a whole.
            self.ending = Ending(EXCEPTION, "; ".join(objections))
            yield self.addCompleteLog("incomplete", "\n".join(objections))
        elif self.ending.result in (SUCCESS, WARNINGS, FAILURE):
            self.setProperty(MERGED, self._merged, self.name)
        return CANCELLED if self.stopped else self.ending.result

    @defer.inlineCallbacks
    def _merge(self, parts: dict[int, Journal], partial: bool) -> Generator[Any, Any, None]:
        directory = yield self.prepare_output()
        self._merged = output = posixpath.join(directory, "merged")
        runs = []
        for part in sorted(parts):
            run = part_directory(directory, part)
            source = os.path.join(part_directory(str(self.getProperty(PARTS_DIRECTORY)), part), reports.JOURNAL)
            if not (yield transfer.download(self, source, posixpath.join(run, reports.JOURNAL))) and not self.stopped:
                raise OSError(f"cannot copy {source} from the master to {run} on the worker")
            runs.append(run)
        command_line = [*self.program, "merge", "--output", output, "--flaky", self.flaky]
        command_line += ["--partial"] if partial else []
        command = yield self.run_program([*command_line, *runs], output)
        yield self.conclude(command, output)


def read_parts(directory: str, shards: int) -> dict[int, Journal]:
    """The journals that the parts' builds brought to the master, by part."""
    parts = {}
    for part in range(1, shards + 1):
        path = os.path.join(part_directory(directory, part), reports.JOURNAL)
        if os.path.exists(path):
            parts[part] = reports.read_journal_now(path)
    return parts


def objections_to(parts: dict[int, Journal], shards: int) -> list[str]:
    """Why these parts are not the whole suite, as sentences; empty where they are.

    Whether they were divided alike, `sharder merge` knows.
    """
    found = []
    missing = [part for part in range(1, shards + 1) if part not in parts]
    if missing:
        named = ", ".join(f"{part}/{shards}" for part in missing)
        found.append(
            f"{texts.counted(len(missing), 'part')} did not report: {named}. See its build in the step shards; if it "
            "was skipped, the shard builder lacks collapseRequests=False"
        )
    for part, journal in sorted(parts.items()):
        found += _objections_to_part(part, shards, journal)
    return found


def _objections_to_part(part: int, shards: int, journal: Journal) -> list[str]:
    if not journal.finished:
        return [f"part {part}/{shards} did not finish its run"]
    unjudged = len(journal.tests) - journal.judged
    if unjudged:
        return [f"part {part}/{shards} listed {len(journal.tests)} tests and told of {journal.judged}"]
    return []
