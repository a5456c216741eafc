"""What a run could leave on the machine: what is there before it, and what is there more after it."""
import os
import time
from pathlib import Path

FURNITURE = {"locks", "ranges", "networks"}  # stays in /run/sharder from run to run
PATIENCE_SECONDS = 5.0


def groups_of(run: str) -> list[str]:
    tops = [Path("/sys/fs/cgroup"), *(path for path in Path("/sys/fs/cgroup").iterdir() if path.is_dir())]
    return [str(path) for top in tops for path in top.glob(f"*{run}*")]


def processes_of(run: str) -> list[str]:
    """Processes whose environment, command or control group names the run."""
    found = []
    for directory in Path("/proc").iterdir():
        if not directory.name.isdigit() or int(directory.name) == os.getpid():
            continue
        try:
            text = b"".join((directory / name).read_bytes() for name in ("cmdline", "environ", "cgroup"))
        except OSError:
            continue
        if run.encode() in text:
            found.append(f"process {directory.name}")
    return found


def mounts_of(run: str) -> list[str]:
    return [line for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines() if run in line]


def directories_of(run: str) -> list[str]:
    places = ("/run/sharder", "/var/lib/sharder", "/var/lib/sharder/storage", "/dev/shm", "/tmp")
    return [str(path) for place in places if os.path.isdir(place) for path in Path(place).glob(f"*{run}*")
            if path.name not in FURNITURE]


def of_run(run: str) -> list[str]:
    """What is left of a run a moment after its end; a killed cell's last processes may take so long."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        left = groups_of(run) + processes_of(run) + mounts_of(run) + directories_of(run)
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.05)
