"""Runs a step against a worker that is played here: files, and a program with an exit status."""

from __future__ import annotations

import json
import os
import pathlib
import tempfile
from collections.abc import Callable
from typing import Any
from unittest import mock

from buildbot.process.results import statusToString
from buildbot.test.fake import connection
from buildbot.test.reactor import TestReactorMixin
from buildbot.test.steps import TestBuildStepMixin
from twisted.internet import defer
from twisted.trial import unittest

RUN = "20261122-120000-abcd"
STATUS_OF_FILE = 0o100644


def event(name: str, **fields: Any) -> str:
    return json.dumps({"event": name, "elapsed": 12.5, **fields})


def started(workers: int = 2) -> str:
    return event("run.started", run_id=RUN, workers=workers, format=1)


def listed(*tests: str) -> list[str]:
    return [event("test.listed", test=test) for test in tests]


def attempt(test: str, outcome: str, number: int = 1, **fields: Any) -> str:
    return event("attempt.finished", test=test, attempt=number, outcome=outcome, seconds=0.25, **fields)


def verdict(test: str, word: str, cause: str = "") -> str:
    return event("test.finished", test=test, verdict=word, cause=cause)


def finished(status: int) -> str:
    return event("run.finished", exit_status=status, makespan=12.0, counts={})


def passing(*tests: str, status: int = 0) -> list[str]:
    lines = [started(), *listed(*tests)]
    for test in tests:
        lines += [attempt(test, "passed"), verdict(test, "passed")]
    return [*lines, finished(status)]


class StepTestCase(TestBuildStepMixin, TestReactorMixin, unittest.TestCase):
    """`files` is what the worker has, by path below the step's directory."""

    def setUp(self) -> Any:
        self.setup_test_reactor()
        self.files: dict[str, bytes] = {}
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.status: int | None = 0
        self.journal: list[str] = []
        self.stdout = self.stderr = ""
        self.during: Callable[[], Any] = lambda: None
        self.builds_of_request = 1
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        before = os.getcwd()
        os.chdir(self.directory)
        self.addCleanup(os.chdir, before)
        return defer.maybeDeferred(self.setup_test_build_step)

    @defer.inlineCallbacks
    def run_it(self, step: Any) -> Any:
        """The step, after it ran."""
        step = self._set_up(step)
        self.conn = connection.FakeConnection(self, "worker", step, [])
        running = step.startStep(self.conn)
        while not running.called:
            self.reactor.advance(1)
            yield defer.succeed(None)
        result = yield running
        self.assertIsNotNone(result)
        self.result = statusToString(result)
        self.text = (yield defer.maybeDeferred(step.getResultSummary))["step"]
        return step

    def _set_up(self, step: Any) -> Any:
        made = self.setup_step(step)
        step = made if made is not None else self.step
        properties = self.build.getProperties()
        for name, value in {"buildername": "all / tests", "buildnumber": 7, **self.properties_before}.items():
            properties.setProperty(name, value, "test")
        self.build.requests = [mock.Mock(id=300)]
        real = step.master.data.get

        def get(path: tuple[Any, ...], *arguments: Any, **keywords: Any) -> Any:
            if path == ("buildrequests", 300, "builds"):
                return defer.succeed([{}] * self.builds_of_request)
            return real(path, *arguments, **keywords)

        step.master.data.get = get
        return step

    @property
    def running_step(self) -> Any:
        return self._steps[0] if hasattr(self, "_steps") else self.step

    properties_before: dict[str, Any] = {}

    def logs(self, step: Any) -> dict[str, str]:
        return {name: log.stdout for name, log in step.logs.items()}

    def property(self, name: str) -> Any:
        return self.build.getProperties().getProperty(name)

    # What follows plays the worker.

    @defer.inlineCallbacks
    def _connection_remote_start_command(self, command: Any, conn: Any, builder_name: str) -> Any:
        self.commands.append((command.remote_command, command.args))
        yield getattr(self, "_do_" + command.remote_command)(command)
        command.remote_complete()

    def _do_rmdir(self, command: Any) -> Any:
        prefix = command.args["dir"].partition("/")[2]
        self.files = {path: content for path, content in self.files.items() if not path.startswith(prefix)}
        return command.remoteUpdate("rc", 0, False)

    @defer.inlineCallbacks
    def _do_shell(self, command: Any) -> Any:
        for path in command.args["logfiles"].values():
            if self.journal:
                self.files[path] = "".join(line + "\n" for line in self.journal).encode()
        for line in self.journal:
            yield command.addToLog("events", line + "\n")
        for stream, text in (("stdout", self.stdout), ("stderr", self.stderr)):
            if text:
                yield command.remoteUpdate(stream, text, False)
        yield self.during()
        if self.status is not None:
            yield command.remoteUpdate("rc", self.status, False)

    @defer.inlineCallbacks
    def _do_stat(self, command: Any) -> Any:
        content = self.files.get(command.args["file"].partition("/")[2])
        if content is not None:
            yield command.remoteUpdate("stat", [STATUS_OF_FILE, 1, 1, 1, 0, 0, len(content), 0, 0, 0], False)
        yield command.remoteUpdate("rc", 2 if content is None else 0, False)

    @defer.inlineCallbacks
    def _do_uploadFile(self, command: Any) -> Any:
        content = self.files.get(command.args["workersrc"])
        limit = command.args["maxsize"]
        if content:
            command.args["writer"].remote_write(content[:limit])
        command.args["writer"].remote_close()
        failed = content is None or len(content) > limit
        yield command.remoteUpdate("rc", 1 if failed else 0, False)

    @defer.inlineCallbacks
    def _do_downloadFile(self, command: Any) -> Any:
        reader = command.args["reader"]
        self.files[command.args["workerdest"]] = reader.remote_read(1024 * 1024)
        reader.remote_close()
        yield command.remoteUpdate("rc", 0, False)
