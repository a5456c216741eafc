"""The build step that runs a suite with `sharder run` on the worker and shows how it goes."""

from __future__ import annotations

import os
import posixpath
import shutil
import tempfile
from collections.abc import Generator, Sequence
from typing import Any

from buildbot import config
from buildbot.process.buildstep import BuildStep, ShellMixin
from buildbot.process.logobserver import LogLineObserver
from buildbot.process.results import CANCELLED, EXCEPTION, RETRY, SKIPPED, SUCCESS, statusToString
from twisted.internet import defer, error

from . import publish, reports, retry, texts, transfer
from .command import Run, safe_name, words
from .exit_status import Ending, ending_of
from .journal import Journal
from .output import OutputObserver

FLAKY = ("pass", "warn", "fail")
# Buildbot drops observed lines that are longer than 16 KiB unless told otherwise.
JOURNAL_LINE_LIMIT_CHARACTERS = 16 * 1024 * 1024
# sharder needs a second or two after SIGTERM; a machine that is short of memory needs longer.
SIGTERM_GRACE_SECONDS = 60


class JournalObserver(LogLineObserver):
    """Feeds the journal, line by line, while the run writes it."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self.setMaxLineLength(JOURNAL_LINE_LIMIT_CHARACTERS)
        self._journal = journal

    def outLineReceived(self, line: str) -> None:
        if self._journal.feed(line):
            self.step.updateSummary()


class Sharder(ShellMixin, BuildStep):
    """Runs the tests of a project in parallel, each in a clone of the worker.

    The build's result follows sharder's exit status. README.md tells all arguments.
    """

    name = "sharder"
    description = None
    flunkOnFailure = True
    warnOnWarnings = True
    haltOnFailure = True
    renderables: Sequence[str] = [
        "sharder", "patterns", "config", "profile_config", "partition", "workers", "base", "flaky", "history",
        "flags", "arguments", "output", "reports", "reports_url", "retry_limit", "retry_delay_seconds",
    ]  # fmt: skip

    def __init__(
        self,
        sharder: Any = "sharder",
        patterns: Any = (),
        *,
        config: Any = None,
        profile_config: Any = None,
        partition: Any = None,
        workers: Any = None,
        base: Any = None,
        flaky: Any = "warn",
        history: Any = None,
        flags: Any = (),
        arguments: Any = (),
        output: Any = None,
        reports: Any = "sharder",
        reports_url: Any = None,
        upload_limit_bytes: int = 64 * 1024 * 1024,
        log_limit: int = 20,
        log_limit_bytes: int = 256 * 1024,
        retry_limit: Any = 5,
        retry_delay_seconds: Any = 60,
        **kwargs: Any,
    ) -> None:
        # A run may be silent for as long as its longest test is.
        kwargs = {"timeout": None, "sigtermTime": SIGTERM_GRACE_SECONDS, "interruptSignal": "KILL", **kwargs}
        kwargs = self.setupShellMixin(kwargs, prohibitArgs=["command", "logfiles", "lazylogfiles", "decodeRC"])
        super().__init__(**kwargs)
        _check_choice(flaky)
        self.sharder = sharder
        self.patterns = patterns
        self.config = config
        self.profile_config = profile_config
        self.partition = partition
        self.workers = workers
        self.base = base
        self.flaky = flaky
        self.history = history
        self.flags = flags
        self.arguments = arguments
        self.output = output
        self.reports = reports
        self.reports_url = reports_url
        self.upload_limit_bytes = upload_limit_bytes
        self.log_limit = log_limit
        self.log_limit_bytes = log_limit_bytes
        self.retry_limit = retry_limit
        self.retry_delay_seconds = retry_delay_seconds
        self.journal = Journal()
        self.ending = Ending(SUCCESS)
        self.problems: list[str] = []
        self._waiting: defer.Deferred[None] | None = None

    def getCurrentSummary(self) -> dict[str, str]:
        return {"step": texts.live(self.journal)}

    def getResultSummary(self) -> dict[str, str]:
        if self.results == SKIPPED and not self.journal.run_id:
            return {"step": "skipped"}
        text = texts.ended(self.journal, self.ending.reason)
        if self.results not in (SUCCESS, None):
            text += f" ({statusToString(self.results)})"
        return {"step": text, "build": text}

    @defer.inlineCallbacks
    def run(self) -> Generator[Any, Any, int]:
        output = yield self._prepare()
        command = yield self._run_sharder(output)
        self.ending = self._judge(command)
        if not self.stopped:
            yield self._publish(output)
        else:
            yield publish.what_is_known(self)
        if self.ending.result == RETRY:
            self.ending = yield retry.bounded(self, self.ending)
        return CANCELLED if self.stopped else self.ending.result

    @defer.inlineCallbacks
    def interrupt(self, reason: Any) -> Generator[Any, Any, None]:
        yield super().interrupt(reason)
        if self._waiting is not None:
            self._waiting.cancel()

    @defer.inlineCallbacks
    def wait(self, seconds: float) -> Generator[Any, Any, None]:
        """Waits; an interrupted build does not wait any longer."""
        self._waiting = defer.Deferred()
        delayed = self.master.reactor.callLater(seconds, self._waiting.callback, None)
        try:
            yield self._waiting
        except defer.CancelledError:
            delayed.cancel()
        finally:
            self._waiting = None

    @property
    def program(self) -> list[str]:
        return words(self.sharder)

    @property
    def reports_directory(self) -> str | None:
        """Where the reports of this build lie on the master, relative to the master's directory."""
        if not self.reports:
            return None
        builder = safe_name(str(self.getProperty("buildername")))
        return os.path.join(self.reports, builder, str(self.getProperty("buildnumber")))

    @defer.inlineCallbacks
    def _prepare(self) -> Generator[Any, Any, str]:
        # What an earlier build left here would be taken for this build's; one build's directory is enough.
        if self.output:
            output = stale = str(self.output)
        else:
            stale = posixpath.join(".sharder", "buildbot", safe_name(self.name))
            output = posixpath.join(stale, str(self.getProperty("buildnumber")))
        if not (yield transfer.remove_on_worker(self, stale)) and not self.stopped:
            raise OSError(f"cannot remove {stale}, which an earlier build left on the worker")
        return output

    @defer.inlineCallbacks
    def _run_sharder(self, output: str) -> Generator[Any, Any, Any]:
        self._said = OutputObserver()
        # The plain form: with "follow" Buildbot loses what was written before its first look.
        self.logfiles = {"events": posixpath.join(output, reports.JOURNAL)}
        self.addLogObserver("stdio", self._said)
        self.addLogObserver("events", JournalObserver(self.journal))
        command = yield self.makeRemoteShellCommand(command=self._command_line(output))
        yield self.runCommand(command)
        for name in ("stdio", "events"):
            # Else the last lines may not have reached the observers.
            yield self.getLog(name).finish()
        return command

    def _command_line(self, output: str) -> list[str]:
        return Run(
            program=self.program,
            output=output,
            flaky=self.flaky,
            config=self.config,
            profile_config=self.profile_config,
            partition=self.partition,
            workers=self.workers,
            base=self.base,
            history=self.history,
            flags=words(self.flags),
            patterns=words(self.patterns),
            arguments=words(self.arguments),
        ).command()

    def _judge(self, command: Any) -> Ending:
        if self.stopped:
            return Ending(CANCELLED, "stopped")
        if self.timed_out:
            return Ending(EXCEPTION, f"stopped after {self.maxTime or self.timeout} s, as master.cfg says")
        if self.max_lines_reached:
            return Ending(EXCEPTION, "stopped after max_lines of output, as master.cfg says")
        return ending_of(command.rc, self._said.reason, " ".join(self.program))

    @defer.inlineCallbacks
    def _publish(self, output: str) -> Generator[Any, Any, None]:
        try:
            yield self._bring_reports(output)
            yield publish.failed_tests(self, output)
        except (error.ConnectionLost, error.ConnectionDone):
            # The worker is gone: Buildbot itself repeats such builds.
            raise
        except Exception as problem:
            self.problems.append(f"results could not be brought to the master: {problem}")
        yield publish.what_is_known(self)

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

    @property
    def summary(self) -> str:
        return self._said.summary


def _check_choice(flaky: Any) -> None:
    if isinstance(flaky, str) and flaky not in FLAKY:
        config.error(f'Sharder: flaky is one of {", ".join(FLAKY)}, not "{flaky}"')
