"""A git repository with a real suite: one branch for each way a build can end."""

import pathlib
import shutil
import subprocess

SUITE = pathlib.Path(__file__).with_name("suite")
# A word that no other process on the machine has: seconds that a child of the suite sleeps.
PATIENCE_SECONDS = "86399.5"
VARIANTS = {
    "green": {},
    "flaky": {"weather.txt": "rain"},
    "failing": {"price.txt": "43"},
    "slow": {"patience.txt": PATIENCE_SECONDS},
    "broken": {"sharder.toml": '[suite.shop]\nframework = "pytset"\n'},
    "unsettled": {"sharder.toml": (SUITE / "sharder.toml").read_text() + '\n[clones.setup]\ncommand = "false"\n'},
}
TESTS = 14


class Project:
    """Commits by branch."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.revisions: dict[str, str] = {}
        shutil.copytree(SUITE, directory)
        self._git("init", "--quiet", "--initial-branch=green")
        for branch, files in VARIANTS.items():
            self._commit(branch, files)

    def _commit(self, branch: str, files: dict[str, str]) -> None:
        if branch != "green":
            self._git("checkout", "--quiet", "-b", branch, "green")
        for name, text in files.items():
            (self.directory / name).write_text(text + "\n")
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", f"the suite, {branch}")
        self.revisions[branch] = self._git("rev-parse", "HEAD")

    def _git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        command = ["git", *identity, "-C", str(self.directory), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
