"""Runs commands in a defined environment, and shows their output only when they fail."""

import os
import subprocess
import time
from pathlib import Path

# Other Pythons earlier in PATH lack Debian's modules, and a variable such as PYTHONDONTWRITEBYTECODE changes what
# suites do, so nothing of the caller's environment is passed on but what reaching the archive takes.
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NETWORK_VARIABLES = ("http_proxy", "https_proxy", "no_proxy", "PIP_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT",
                     "SSL_CERT_FILE")


class CommandFailed(Exception):
    """A command ended otherwise than it should; the text holds the end of its output."""


def clean_environment(**extra: str) -> dict[str, str]:
    environment = {"PATH": SYSTEM_PATH, "HOME": os.environ.get("HOME", "/root"), "LANG": "C.UTF-8"}
    for name in NETWORK_VARIABLES:
        for spelling in (name, name.upper()):
            if spelling in os.environ:
                environment[spelling] = os.environ[spelling]
    return environment | extra


def run(command: list[str], directory: Path, log: Path, statuses: tuple[int, ...] = (0,), **extra: str) -> float:
    """Runs `command`, its output in `log`; the wall seconds that it took."""
    started = time.monotonic()
    with log.open("wb") as output:
        ended = subprocess.run(command, cwd=directory, env=clean_environment(**extra), stdin=subprocess.DEVNULL,
                               stdout=output, stderr=subprocess.STDOUT, check=False)
    if ended.returncode not in statuses:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise CommandFailed(f"{' '.join(command)}: exit status {ended.returncode}, in {directory}\n{tail}")
    return time.monotonic() - started
