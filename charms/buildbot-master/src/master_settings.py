"""What an operator says about a master, and who has joined it: values, checked when they are made."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from buildbot_common.errors import UsageError
from buildbot_common.names import check_name


@dataclass(frozen=True)
class Builder:
    """`arguments` go to `sharder run`."""

    name: str
    arguments: tuple[str, ...] = ()

    @classmethod
    def parsed(cls, text: str) -> Builder:
        """Of `NAME` or `NAME: ARGUMENTS`."""
        name, _, arguments = text.partition(":")
        try:
            words = tuple(shlex.split(arguments))
        except ValueError as error:
            raise UsageError(f"builder {text!r}: {error}") from error
        return cls(check_name(name.strip(), "builder"), words)


def parse_builders(text: str) -> tuple[Builder, ...]:
    """One a line, or, where none has arguments, separated by commas."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1 and ":" not in lines[0]:
        lines = [word.strip() for word in lines[0].split(",") if word.strip()]
    builders = tuple(Builder.parsed(line) for line in lines)
    if not builders:
        raise UsageError("builders: at least one is needed, for instance: parallel")
    names = [builder.name for builder in builders]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"builders: {name} is there twice")
    return builders


@dataclass(frozen=True)
class Settings:
    """No `admin`: everybody may force and stop builds."""

    repository: str
    url: str
    www_interface: str = "127.0.0.1"
    www_port: int = 8010
    worker_interface: str = "127.0.0.1"
    worker_port: int = 9989
    builders: tuple[Builder, ...] = (Builder("parallel"),)
    branches: tuple[str, ...] = ()
    poll_seconds: int = 60
    settle_seconds: int = 10
    build_command: str = ""
    title: str = "Buildbot"
    admin: str = "admin"


@dataclass(frozen=True)
class JoinedWorker:
    name: str
    password: str
    builders: tuple[str, ...]
    max_builds: int = 1
