"""The build step that runs a suite with `sharder run` on the worker and shows how it goes."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from buildbot import config as buildbot_config
from buildbot.process.results import CANCELLED, RETRY
from twisted.internet import defer

from . import retry
from .base import RunStep
from .command import Run, words

FLAKY = ("pass", "warn", "fail")


class Sharder(RunStep):
    """Runs the tests of a project in parallel, each in a clone of the worker.

    The build's result follows sharder's exit status. README.md tells all arguments.
    """

    name = "sharder"
    renderables: Sequence[str] = [
        "patterns", "config", "profile_config", "partition", "workers", "base", "flaky", "history", "flags",
        "arguments", "retry_limit", "retry_delay_seconds",
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
        retry_limit: Any = 5,
        retry_delay_seconds: Any = 60,
        **kwargs: Any,
    ) -> None:
        super().__init__(sharder, **kwargs)
        if isinstance(flaky, str) and flaky not in FLAKY:
            buildbot_config.error(f'Sharder: flaky is one of {", ".join(FLAKY)}, not "{flaky}"')
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
        self.retry_limit = retry_limit
        self.retry_delay_seconds = retry_delay_seconds
        self._waiting: defer.Deferred[None] | None = None

    @defer.inlineCallbacks
    def run(self) -> Generator[Any, Any, int]:
        output = yield self.prepare_output()
        command = yield self.run_program(self._command_line(output), output)
        yield self.conclude(command, output)
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
        """Waits; a build that is stopped meanwhile does not wait any longer."""
        self._waiting = defer.Deferred()
        delayed = self.master.reactor.callLater(seconds, self._waiting.callback, None)
        try:
            yield self._waiting
        except defer.CancelledError:
            delayed.cancel()
        finally:
            self._waiting = None

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
