"""What Buildbot's master says in its log."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from buildbot_common import files
from buildbot_common.errors import WorkloadError

POLL_SECONDS = 0.1
STARTED = "BuildMaster is running"
RECONFIGURED = "configuration update complete"
REFUSED = ("BuildMaster startup failed", "configuration update aborted", "configuration update partially applied")


@dataclass(frozen=True)
class MasterLog:
    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def wait_for(self, words: str, since: int, seconds: float, alive: Callable[[], bool]) -> None:
        """Until the master has said so; `since` is the log's size before it was told to."""
        deadline = time.monotonic() + seconds
        while words not in (said := self._since(since)):
            if any(refusal in said for refusal in REFUSED):
                raise self._trouble("the master refuses its configuration")
            if not alive():
                raise self._trouble("the master ended")
            if time.monotonic() > deadline:
                raise self._trouble(f'the master did not say "{words}" within {seconds:.0f} s')
            time.sleep(POLL_SECONDS)

    def _trouble(self, what: str) -> WorkloadError:
        return WorkloadError(f"{what}. The end of {self.path}:\n{files.tail(self.path)}")

    def _since(self, size: int) -> str:
        if self.size < size:
            size = 0  # a new file took its place
        if not self.path.exists():
            return ""
        with self.path.open("rb") as log:
            log.seek(size)
            return log.read().decode(errors="replace")
