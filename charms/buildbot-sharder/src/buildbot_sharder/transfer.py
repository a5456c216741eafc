"""Brings files from the worker to the master, none larger than allowed."""

from __future__ import annotations

import posixpath
import stat
from collections.abc import Generator
from typing import Any

from buildbot.process.buildstep import BuildStep
from buildbot.process.remotecommand import RemoteCommand
from buildbot.process.remotetransfer import FileReader, FileWriter
from buildbot.process.results import SUCCESS
from buildbot.worker.protocols.base import FileWriterImpl
from twisted.internet import defer

BLOCK_BYTES = 256 * 1024
MODE = 0o644


class BytesWriter(FileWriterImpl):
    """Keeps a file in memory. Buildbot's own writer decodes block by block, and so breaks at torn characters."""

    def __init__(self) -> None:
        self.content = bytearray()

    def remote_write(self, data: bytes | str) -> None:
        self.content += data.encode() if isinstance(data, str) else data

    def remote_utime(self, accessed_modified: tuple[float, float]) -> None:
        """Times do not matter for what is kept in memory."""

    def remote_close(self) -> None:
        """All that was written is there already."""

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", errors="replace")


@defer.inlineCallbacks
def size_on_worker(step: BuildStep, path: str) -> Generator[Any, Any, int | None]:
    """Bytes of a regular file on the worker, path relative to the step's directory; None where there is none."""
    command = _quiet("stat", {"file": posixpath.join(step.workdir, path), "logEnviron": False})
    yield step.runCommand(command)
    if command.results() != SUCCESS or not command.updates.get("stat"):
        return None
    status = command.updates["stat"][-1]
    return int(status[stat.ST_SIZE]) if stat.S_ISREG(status[stat.ST_MODE]) else None


@defer.inlineCallbacks
def remove_on_worker(step: BuildStep, path: str) -> Generator[Any, Any, bool]:
    """Removes a directory on the worker; one that is not there is no failure."""
    command = _quiet("rmdir", {"dir": posixpath.join(step.workdir, path), "logEnviron": False})
    yield step.runCommand(command)
    return bool(command.results() == SUCCESS)


@defer.inlineCallbacks
def upload(step: BuildStep, source: str, destination: str, limit_bytes: int) -> Generator[Any, Any, bool]:
    """Copies a file to a path on the master. False, and no file, where that failed."""
    writer = FileWriter(destination, limit_bytes, MODE)
    try:
        uploaded = yield _transfer(step, source, writer, limit_bytes)
    finally:
        # Without an effect once the file is complete.
        writer.cancel()
    if not uploaded:
        writer.purge()
    return bool(uploaded)


@defer.inlineCallbacks
def read(step: BuildStep, source: str, limit_bytes: int) -> Generator[Any, Any, str]:
    """The text of a file on the worker, cut at the limit; empty where there is none."""
    writer = BytesWriter()
    yield _transfer(step, source, writer, limit_bytes)
    return writer.text


@defer.inlineCallbacks
def download(step: BuildStep, source: str, destination: str) -> Generator[Any, Any, bool]:
    """Copies a file of the master's to the worker, where missing directories are made."""
    with open(source, "rb") as file:
        command = _quiet(
            "downloadFile",
            {
                "workdir": step.workdir,
                "workerdest": destination,
                "reader": FileReader(file),
                "maxsize": None,
                "blocksize": BLOCK_BYTES,
                "mode": MODE,
            },
        )
        yield step.runCommand(command)
    return bool(command.results() == SUCCESS)


@defer.inlineCallbacks
def _transfer(step: BuildStep, source: str, writer: FileWriterImpl, limit_bytes: int) -> Generator[Any, Any, bool]:
    command = _quiet(
        "uploadFile",
        {
            "workdir": step.workdir,
            "workersrc": source,
            "writer": writer,
            "maxsize": limit_bytes,
            "blocksize": BLOCK_BYTES,
            "keepstamp": False,
        },
    )
    yield step.runCommand(command)
    return bool(command.results() == SUCCESS)


def _quiet(name: str, arguments: dict[str, Any]) -> RemoteCommand:
    # Without a log: fifty lines about transfers would hide what sharder said.
    return RemoteCommand(name, arguments, decodeRC={None: SUCCESS, 0: SUCCESS})
