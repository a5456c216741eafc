"""Keeps what is worth showing of sharder's standard output and standard error, in bounded memory."""

from __future__ import annotations

from collections import deque

from buildbot.process.logobserver import LogLineObserver

SUMMARY_LIMIT_CHARACTERS = 1024 * 1024
ERROR_LINES = 20
_OWN_MESSAGE = "sharder: "
# How a worker's note begins that it ends the command because of timeout, maxTime or max_lines. Buildbot 3.7 has no
# other way to learn that.
_KILLED = ("command timed out: ", "command exceeds max lines: ")


class OutputObserver(LogLineObserver):
    """Standard output is the summary. Of standard error, the last message of sharder's own is the reason."""

    def __init__(self) -> None:
        super().__init__()
        self._summary: list[str] = []
        self._summary_characters = 0
        self._errors: deque[str] = deque(maxlen=ERROR_LINES)
        self.killed_because = ""

    def outLineReceived(self, line: str) -> None:
        if self._summary_characters > SUMMARY_LIMIT_CHARACTERS:
            return
        self._summary_characters += len(line) + 1
        if self._summary_characters > SUMMARY_LIMIT_CHARACTERS:
            line = "… the rest is in the log stdio"
        self._summary.append(line)

    def errLineReceived(self, line: str) -> None:
        self._errors.append(line)

    def headerLineReceived(self, line: str) -> None:
        if line.startswith(_KILLED):
            # What follows is the command line, which the log shows already.
            self.killed_because = line.partition(" running ")[0]

    @property
    def summary(self) -> str:
        return "\n".join(self._summary).strip("\n")

    @property
    def reason(self) -> str:
        """sharder's last message; where it quotes a configuration file, the line before it says what is wrong."""
        lines = list(self._errors)
        for index in range(len(lines) - 1, -1, -1):
            if lines[index].startswith(_OWN_MESSAGE):
                said = lines[index][len(_OWN_MESSAGE) :]
                before = lines[index - 1] if index else ""
                return f"{said}: {before}" if ": error: " in before else said
        return ""
