"""A headless Chromium that looks at one page, as people do."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import tempfile

PROGRAM = "chromium"
# Of the page's own time, which passes faster than ours while the page only waits for the master: on a busy machine the
# first looks may come too early.
BUDGETS_SECONDS = (15, 60, 240, 960)
PATIENCE_SECONDS = 90


def look_for(words: list[str], url: str, picture: pathlib.Path) -> str:
    """The page's text without tags, once it has the words, or as it was at the last look; and a picture of it."""
    text = ""
    for budget_seconds in BUDGETS_SECONDS:
        text = " ".join(re.sub(r"<[^>]*>", " ", _look(url, budget_seconds, "--dump-dom")).split())
        if all(word in text for word in words):
            break
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.unlink(missing_ok=True)
    _look(url, budget_seconds, f"--screenshot={picture}", "--window-size=1400,1000")
    return text


def _look(url: str, budget_seconds: int, *arguments: str) -> str:
    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        command = [
            PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            f"--user-data-dir={profile}", f"--virtual-time-budget={budget_seconds * 1000}", *arguments, url,
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
