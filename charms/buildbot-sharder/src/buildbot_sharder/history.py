"""One history for all parts of a suite: kept on the master, copied to every part, fed by the merged runs.

Parts must be divided by equal estimates, and the histories that workers have of their own differ. What is imported
counts alike on every class of machine, so unlike workers divide alike too.
"""

from __future__ import annotations

import os
import posixpath
import shutil
from collections.abc import Generator, Sequence
from typing import Any

from buildbot.process.buildstep import BuildStep, ShellMixin
from buildbot.process.results import FAILURE, SUCCESS, WARNINGS
from twisted.internet import defer

from . import transfer
from .command import words

FILE = "history.db"
# On the worker, below the build's directory.
DIRECTORY = posixpath.join(".sharder", "buildbot", "shared-history")
ON_WORKER = posixpath.join(DIRECTORY, FILE)
# A megabyte and a half for 20,000 tests and one run; the newest are the best estimates anyway.
KEPT_RUNS = 20
LIMIT_BYTES = 512 * 1024 * 1024
# The property with the merged run's directory on the worker; it is there once the run is known to be whole.
MERGED = "sharder_merged"


def copy_for_parts(kept: str, directory: str) -> None:
    """On the master: what the history says now holds for all parts, whatever other builds add meanwhile."""
    if os.path.exists(kept):
        os.makedirs(directory, exist_ok=True)
        shutil.copyfile(kept, os.path.join(directory, FILE))


class FetchHistory(BuildStep):
    """Gives a part the copy of the history that all parts get."""

    name = "fetch-history"
    renderables: Sequence[str] = ["source"]
    haltOnFailure = True
    flunkOnFailure = True

    def __init__(self, source: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source

    @defer.inlineCallbacks
    def run(self) -> Generator[Any, Any, int]:
        yield transfer.remove_on_worker(self, DIRECTORY)
        if not os.path.exists(self.source):
            self.descriptionDone = ["no history yet"]
            return int(SUCCESS)
        fetched = yield transfer.download(self, self.source, ON_WORKER)
        return int(SUCCESS if fetched else FAILURE)


class KeepHistory(ShellMixin, BuildStep):
    """Adds the merged run to the history on the master. Tests are judged by then: a failure here is a warning."""

    name = "keep-history"
    renderables: Sequence[str] = ["sharder", "config"]

    def __init__(self, sharder: Any, kept: str, config: Any = None, **kwargs: Any) -> None:
        super().__init__(**self.setupShellMixin(kwargs, prohibitArgs=["command"]))
        self.sharder = sharder
        self.kept = kept
        self.config = config

    @defer.inlineCallbacks
    def run(self) -> Generator[Any, Any, int]:
        yield transfer.remove_on_worker(self, DIRECTORY)
        if os.path.exists(self.kept):
            yield transfer.download(self, self.kept, ON_WORKER)
        merged = str(self.getProperty(MERGED))
        for verb in (["import", merged], ["prune", "--keep", str(KEPT_RUNS)]):
            command = yield self.makeRemoteShellCommand(command=self._command_line(verb))
            yield self.runCommand(command)
            if command.results() != SUCCESS:
                return int(WARNINGS)
        uploaded = yield transfer.upload(self, ON_WORKER, self.kept, LIMIT_BYTES)
        return int(SUCCESS if uploaded else WARNINGS)

    def _command_line(self, verb: list[str]) -> list[str]:
        config = ["--config", str(self.config)] if self.config else []
        return [*words(self.sharder), "history", *verb, "--history", ON_WORKER, *config]


def merged_run_is_whole(step: BuildStep) -> bool:
    return bool(step.getProperty(MERGED))
