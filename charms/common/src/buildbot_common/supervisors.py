"""Which of the two supervisors this machine has."""

from __future__ import annotations

import os
from pathlib import Path

from buildbot_common.processes import Processes
from buildbot_common.services import Supervisor
from buildbot_common.systemd import Systemd

SIGN_OF_SYSTEMD = Path("/run/systemd/system")  # as sd_booted(3) looks for it


def supervisor_of(state: Path) -> Supervisor:
    """`state` holds the pid files where there is no systemd, or where the caller may not speak to it."""
    if SIGN_OF_SYSTEMD.is_dir() and os.geteuid() == 0:
        return Systemd()
    return Processes(state)
