"""Whether the sharder under test knows how to resume a run."""

import subprocess
from pathlib import Path

from .cradle import SYSTEM_PATH


def can_resume(sharder: Path, directory: Path) -> bool:
    """A version without it warns that the flag has no effect; one with it finds no such run."""
    project = directory / "resume-support"
    project.mkdir()
    (project / "sharder.toml").write_text('[suite.unit]\nframework = "exec"\nprograms = ["none"]\n')
    tried = subprocess.run([str(sharder), "run", "--no-history", "--resume", "nonexistent"], cwd=project,
                           capture_output=True, env={"PATH": SYSTEM_PATH}, text=True)
    return "no effect" not in tried.stderr
