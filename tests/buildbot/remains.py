"""What a run must not leave on the machine."""

import pathlib

RUNS = pathlib.Path("/run/sharder")


def processes_with(word: str) -> list[str]:
    """Command lines of live processes that have this word among their arguments."""
    found = []
    for directory in pathlib.Path("/proc").iterdir():
        if not directory.name.isdigit():
            continue
        try:
            arguments = (directory / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if word.encode() in arguments:
            found.append(b" ".join(arguments).decode(errors="replace"))
    return found


def of_run(run_id: str) -> list[str]:
    """Clones, control groups and mounts of one run."""
    left = [str(path) for path in [RUNS / run_id] if path.exists()]
    left += [str(path) for path in pathlib.Path("/sys/fs/cgroup").rglob(f"*{run_id}*")]
    left += [line for line in pathlib.Path("/proc/mounts").read_text().splitlines() if run_id in line]
    return left
