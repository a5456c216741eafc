"""What the steps that show a run have in common: starting the program, following its journal, telling how it ended."""

from __future__ import annotations

import posixpath
import shutil
import tempfile
from collections.abc import Callable, Generator, Sequence
from typing import Any

from buildbot.process.buildstep import BuildStep, ShellMixin
from buildbot.process.logobserver import LogLineObserver
from buildbot.process.results import CANCELLED, EXCEPTION, SKIPPED, SUCCESS, statusToString
from twisted.internet import defer, error

from . import publish, reports, texts, transfer
from .command import safe_name, words
from .exit_status import Ending, ending_of
from .journal import Journal
from .output import OutputObserver

# Buildbot drops observed lines that are longer than 16 KiB unless told otherwise.
JOURNAL_LINE_LIMIT_CHARACTERS = 16 * 1024 * 1024
# sharder needs a second or two after SIGTERM; a machine that is short of memory needs longer.
SIGTERM_GRACE_SECONDS = 60
_OWN_SHELL_ARGUMENTS = ["command", "logfiles", "lazylogfiles", "decodeRC"]


class JournalObserver(LogLineObserver):
    """Feeds the journal, line by line, while the run writes it."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self.setMaxLineLength(JOURNAL_LINE_LIMIT_CHARACTERS)
        self._journal = journal

    def outLineReceived(self, line: str) -> None:
        if self._journal.feed(line):
            self.step.updateSummary()


class RunStep(ShellMixin, BuildStep):
    """Starts sharder on the worker. Subclasses say with which command, and what a result is worth."""

    flunkOnFailure = True
    warnOnWarnings = True
    haltOnFailure = True
    renderables: Sequence[str] = ["sharder", "output", "reports", "reports_url"]

    def __init__(
        self,
        sharder: Any = "sharder",
        *,
        output: Any = None,
        reports: Any = True,
        reports_url: Any = None,
        upload_limit_bytes: int = 64 * 1024 * 1024,
        log_limit: int = 20,
        log_limit_bytes: int = 256 * 1024,
        **kwargs: Any,
    ) -> None:
        # A run may be silent for as long as its longest test is, so silence is no reason to kill it.
        kwargs = {"timeout": None, "sigtermTime": SIGTERM_GRACE_SECONDS, **kwargs}
        super().__init__(**self.setupShellMixin(kwargs, prohibitArgs=_OWN_SHELL_ARGUMENTS))
        self.sharder = sharder
        self.output = output
        self.reports = reports
        self.reports_url = reports_url
        self.upload_limit_bytes = upload_limit_bytes
        self.log_limit = log_limit
        self.log_limit_bytes = log_limit_bytes
        self.journal = Journal()
        self.ending = Ending(SUCCESS)
        self.problems: list[str] = []
        self._said = OutputObserver()

    def getCurrentSummary(self) -> dict[str, str]:
        return {"step": texts.live(self.journal)}

    def getResultSummary(self) -> dict[str, str]:
        if self.results == SKIPPED and not self.journal.run_id:
            return {"step": "skipped"}
        text = texts.ended(self.journal, self.ending.reason)
        if self.results not in (SUCCESS, None):
            text += f" ({statusToString(self.results)})"
        return {"step": text, "build": text}

    @property
    def program(self) -> list[str]:
        return words(self.sharder)

    @property
    def summary(self) -> str:
        return self._said.summary

    @property
    def reports_directory(self) -> str | None:
        """Where the reports of this build go, relative to the master's directory."""
        if self.reports is True:
            builder = safe_name(str(self.getProperty("buildername")))
            return posixpath.join("sharder", builder, str(self.getProperty("buildnumber")))
        return str(self.reports) if self.reports else None

    @defer.inlineCallbacks
    def prepare_output(self) -> Generator[Any, Any, str]:
        """The directory of the run on the worker. What earlier builds left there is gone, and none piles up."""
        if self.output:
            output = stale = str(self.output)
        else:
            stale = posixpath.join(".sharder", "buildbot", safe_name(self.name))
            output = posixpath.join(stale, str(self.getProperty("buildnumber")))
        if not (yield transfer.remove_on_worker(self, stale)) and not self.stopped:
            raise OSError(f"cannot remove {stale}, which an earlier build left on the worker")
        return output

    @defer.inlineCallbacks
    def run_program(self, command_line: list[str], output: str) -> Generator[Any, Any, Any]:
        """Runs it, with its journal in the log "events"."""
        # The plain form: with "follow" Buildbot loses what was written before its first look.
        self.logfiles = {"events": posixpath.join(output, reports.JOURNAL)}
        self.addLogObserver("stdio", self._said)
        self.addLogObserver("events", JournalObserver(self.journal))
        command = yield self.makeRemoteShellCommand(command=command_line)
        yield self.runCommand(command)
        for name in ("stdio", "events"):
            # Else the last lines may not have reached the observers.
            yield self.getLog(name).finish()
        return command

    @defer.inlineCallbacks
    def conclude(self, command: Any, output: str) -> Generator[Any, Any, None]:
        """Brings to the master what the worker has, judges, and shows it all."""
        # A build that was stopped cannot ask its worker any more: Buildbot refuses further commands.
        if not self.stopped:
            yield self._safely(self._bring_reports, output)
        self.ending = self._judge(command)
        if not self.stopped:
            yield self._safely(publish.failed_tests, self, output)
        yield publish.what_is_known(self)

    @defer.inlineCallbacks
    def _safely(self, bring: Callable[..., Any], *arguments: Any) -> Generator[Any, Any, None]:
        """A full disk on the master must not hide what became of the tests."""
        try:
            yield bring(*arguments)
        except (error.ConnectionLost, error.ConnectionDone):
            # The worker is gone: Buildbot itself repeats such builds.
            raise
        except Exception as problem:
            self.problems.append(f"results could not be brought to the master: {problem}")

    def _judge(self, command: Any) -> Ending:
        if self.stopped:
            return Ending(CANCELLED, "stopped")
        if self._said.killed_because:
            return Ending(EXCEPTION, self._said.killed_because)
        program = " ".join(self.program)
        return ending_of(command.rc, bool(self.journal.run_id), self._said.reason, program)

    @defer.inlineCallbacks
    def _bring_reports(self, output: str) -> Generator[Any, Any, None]:
        directory = self.reports_directory
        kept = directory is not None
        directory = directory or tempfile.mkdtemp(prefix="buildbot-sharder-")
        try:
            names = reports.NAMES if kept else (reports.JOURNAL,)
            uploaded = yield reports.upload(self, output, directory, names, self.upload_limit_bytes)
            self.problems += uploaded.problems
            if reports.JOURNAL in uploaded.files:
                # On its way through a log, Buildbot tears lines that are longer than 4 KiB.
                self.journal = yield reports.read_journal(uploaded.files[reports.JOURNAL])
        finally:
            if not kept:
                shutil.rmtree(directory)
        if kept and uploaded.files:
            self.setProperty("sharder_reports", directory, self.name)
            if self.reports_url:
                yield self.addURL("reports", self.reports_url)
