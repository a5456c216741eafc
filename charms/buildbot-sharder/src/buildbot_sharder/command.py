"""Makes the command line of a run, and the names of its directories."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field


def words(value: str | Sequence[str] | None) -> list[str]:
    """One word, or several: master.cfg may give either."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(word) for word in value]


def safe_name(text: str) -> str:
    """A name for one directory, whatever a builder is called."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.") or "unnamed"


@dataclass(frozen=True)
class Run:
    """What `sharder run` is told. Names are those of the flags."""

    program: list[str]
    output: str
    flaky: str
    config: str | None = None
    profile_config: str | None = None
    partition: str | None = None
    workers: str | int | None = None
    base: str | None = None
    history: str | bool | None = None
    flags: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)

    def command(self) -> list[str]:
        command = [*self.program, "run", "--output", self.output, "--flaky", self.flaky]
        for flag in ("config", "profile_config", "partition", "workers", "base"):
            value = getattr(self, flag)
            if value not in (None, ""):
                command += ["--" + flag.replace("_", "-"), str(value)]
        command += self._history()
        command += self.flags
        command += self.patterns
        if self.arguments:
            command += ["--", *self.arguments]
        return command

    def _history(self) -> list[str]:
        if self.history is False:
            return ["--no-history"]
        return ["--history", str(self.history)] if isinstance(self.history, str) and self.history else []
