"""What a run leaves on the machine. Other runs of the same moment are told apart by their names and locks."""

import fcntl
import os
import subprocess
import time
from pathlib import Path

from .cradle import SYSTEM_PATH

GROUPS = Path("/sys/fs/cgroup")
RUNS = Path("/run/sharder")
NETWORKS = RUNS / "networks"
STORAGE = Path("/var/lib/sharder/storage")
LAYERS = Path("/var/lib/sharder/layers")
LXC_LOCKS = Path("/run/lxc/lock")
SETTLING = 1.0  # what the kernel takes down behind a process's back, as ends of virtual cables


def groups_of(run: str) -> list[Path]:
    """Its control groups in all hierarchies."""
    # Unlike rglob() it does not mind groups that go while it looks.
    return [Path(top) for top, _, _ in os.walk(GROUPS) if "sharder" in top and run in top]


def populated_groups(run: str) -> list[str]:
    return [str(path) for path in groups_of(run) if _read(path / "cgroup.procs").strip()]


def beside_groups(run: str) -> list[str]:
    """What is left, but for control groups and what belongs to no run in particular."""
    found = [line.split()[4] for line in _read(Path("/proc/self/mountinfo")).splitlines() if run in line]
    found += [str(path) for path in (RUNS / run, STORAGE / run, LXC_LOCKS / str(RUNS / run)[1:]) if path.exists()]
    found += [str(path) for path in LAYERS.glob(f"*{run}*")]
    found += [f"{path.parent.parent.name} of {file}" for path in Path("/sys/block").glob("loop*/loop/backing_file")
              if run in (file := _read(path).strip())]
    return [f"left: {what}" for what in found]


def after_clean(run: str) -> list[str]:
    """Nothing at all may be there."""
    left = beside_groups(run) + [f"left: control group {path}" for path in groups_of(run)]
    until = time.monotonic() + SETTLING
    while (networks := ownerless_networks()) and time.monotonic() < until:
        time.sleep(0.05)
    return left + networks


def ownerless_networks() -> list[str]:
    """Bridges and tables whose lock nobody holds, and virtual cables that hang in the air."""
    tables = subprocess.run(["nft", "list", "tables", "ip"], env={"PATH": SYSTEM_PATH}, capture_output=True, text=True)
    slots = {line.rsplit("_", 1)[1]: f"nft {line}" for line in tables.stdout.splitlines() if "sharder_" in line}
    links = Path("/sys/class/net")
    slots |= {path.name.removeprefix("sharder"): f"bridge {path.name}" for path in links.glob("sharder*")}
    left = [f"left: {what}" for slot, what in slots.items() if _is_free(NETWORKS / slot)]
    return left + [f"left: {path.name} on no bridge" for path in links.glob("veth*") if not (path / "master").exists()]


def _is_free(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
