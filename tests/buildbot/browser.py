"""A headless Chromium that looks at one page, as people do."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import tempfile

PROGRAM = "chromium"
# Of the page's own time, which passes faster than ours while the page has nothing to do.
BUDGET_MILLISECONDS = 15_000
PATIENCE_SECONDS = 90


def text_of(url: str) -> str:
    """The page's text once its scripts have run, without tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", _look(url, "--dump-dom")).split())


def screenshot(url: str, target: pathlib.Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    _look(url, f"--screenshot={target}", "--window-size=1400,1000")


def _look(url: str, *arguments: str) -> str:
    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        command = [
            PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            f"--user-data-dir={profile}", f"--virtual-time-budget={BUDGET_MILLISECONDS}", *arguments, url,
        ]  # fmt: skip
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, process_group=0
        )
        try:
            return process.communicate(timeout=PATIENCE_SECONDS)[0]
        finally:
            # Its renderers outlive it when it is stuck.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
