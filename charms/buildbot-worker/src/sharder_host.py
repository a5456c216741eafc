"""Prepares a machine for sharder: packages, subordinate ids, modules of the kernel, and the base. Knows no Juju."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from buildbot_common import files, packages
from buildbot_common.accounts import Account
from buildbot_common.commands import run
from buildbot_common.errors import UsageError, WorkloadError

HOST = "host"
# What sharder starts besides itself; its own package depends on most of them, a program from elsewhere does not.
NEEDED = ("lxc", "uidmap", "erofs-utils", "e2fsprogs", "iproute2", "mmdebstrap", "git")
FOR_BRIDGES = ("nftables",)
MODULES_FOR_BRIDGES = ("bridge", "veth")
SUBORDINATE_IDS = 65536  # in a row: what a clone's user namespace takes
FIRST_SUBORDINATE_ID = 1_000_000  # above what adduser and LXD hand out by themselves
FORBIDDEN_USERNS = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
SYSCTL = Path("/etc/sysctl.d/60-sharder-buildbot.conf")
MODULES = Path("/etc/modules-load.d/sharder-buildbot.conf")
RUN_SECONDS = 24 * 3600
UNFIT = frozenset({0, 2})


@dataclass(frozen=True)
class Base:
    """What clones are taken of: the machine itself, or a root file system made for the purpose."""

    name: str = HOST
    release: str = ""
    packages: tuple[str, ...] = ()

    @property
    def is_host(self) -> bool:
        return self.name == HOST


class SharderHost:
    def __init__(self, account: Account, program: Path = Path("/usr/bin/sharder")) -> None:
        self.program = program
        self._account = account

    def prepare(self, package: Path, base: Base, bridge: bool, extra_packages: Sequence[str] = ()) -> None:
        """Does what is missing, and nothing where nothing is."""
        check(self._account.name, base, bridge)
        packages.ensure([*NEEDED, *(FOR_BRIDGES if bridge else ()), *extra_packages])
        packages.ensure_file(package)
        if self._account.uid != 0:
            ensure_subordinate_ids(self._account.name)
            allow_user_namespaces()
        if bridge:
            load_modules()
        self.ensure_base(base)

    def ensure_base(self, base: Base) -> None:
        if base.is_host or self._has(base):
            return
        arguments = ["base", "create", base.name, "--release", base.release]
        self._sharder(*arguments, *(["--packages", ",".join(base.packages)] if base.packages else []))

    def refresh_base(self, base: Base) -> str:
        if base.is_host:
            raise UsageError("the base is this machine itself: there is nothing to refresh (hint: apt-get upgrade)")
        return self._sharder("base", "refresh", base.name)

    def remove_base(self, base: Base) -> None:
        if not base.is_host and self.program.exists() and self._has(base):
            self._sharder("base", "remove", base.name)

    def doctor(self, base: Base) -> tuple[bool, str]:
        """Whether clones can be made, and what sharder says about it."""
        done = run([str(self.program), "doctor", "--base", base.name], account=self._account, accept=UNFIT)
        return done.returncode == 0, done.stdout

    def clean(self) -> str:
        return self._sharder("clean")

    def run_tests(self, directory: Path, repository: str, branch: str, arguments: Sequence[str]) -> tuple[int, str]:
        """Clones the repository into a new directory and runs its tests, beside whatever builds are running."""
        files.remove(directory)
        files.directory(directory.parent, self._account)
        which = ["--branch", branch] if branch else []
        run(["git", "clone", "--quiet", "--depth=1", *which, "--", repository, str(directory)], account=self._account)
        try:
            done = run(
                [str(self.program), "run", *arguments],
                account=self._account,
                directory=directory,
                timeout_seconds=RUN_SECONDS,
                accept=frozenset(range(256)),
            )
            return done.returncode, done.stdout
        finally:
            files.remove(directory)

    @property
    def version(self) -> str:
        words = self._sharder("--version").split()
        return words[1] if len(words) > 1 else ""

    def _has(self, base: Base) -> bool:
        """The first column of the list has the names."""
        lines = self._sharder("base", "list").splitlines()
        return any(line.split()[:1] == [base.name] for line in lines)

    def _sharder(self, *arguments: str) -> str:
        return run([str(self.program), *arguments], account=self._account, directory=Path("/")).stdout


def check(user: str, base: Base, bridge: bool) -> None:
    """What cannot go together, said before anything is installed."""
    if user != "root" and base.is_host:
        raise UsageError(
            f"user {user} cannot clone the machine itself (hint: user=root, or base=NAME and base-release)"
        )
    if user != "root" and bridge:
        raise UsageError(f"user {user} cannot make bridges (hint: user=root, or bridge=false)")
    if not base.is_host and not base.release:
        raise UsageError(f"base {base.name} of what? (hint: base-release=bookworm, or base=host)")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", base.name):
        raise UsageError(f"base {base.name!r}: a name is letters, digits, and . _ - after the first")


def ensure_subordinate_ids(user: str, etc: Path = Path("/etc")) -> None:
    """Same ranges in /etc/subuid and /etc/subgid, beyond all that are there."""
    files_of_ranges = {"--add-subuids": etc / "subuid", "--add-subgids": etc / "subgid"}
    taken = [entry for path in files_of_ranges.values() for entry in _ranges(path)]
    first = max([FIRST_SUBORDINATE_ID, *(start + count for _, start, count in taken)])
    for option, path in files_of_ranges.items():
        if not any(owner == user and count >= SUBORDINATE_IDS for owner, _, count in _ranges(path)):
            run(["usermod", option, f"{first}-{first + SUBORDINATE_IDS - 1}", user])


def _ranges(path: Path) -> list[tuple[str, int, int]]:
    if not path.exists():
        return []
    lines = [line.split(":") for line in path.read_text(encoding="utf-8").splitlines() if line.count(":") == 2]
    return [(owner, int(start), int(count)) for owner, start, count in lines]


def allow_user_namespaces() -> None:
    """Ubuntu 23.10 and newer forbid them to ordinary users; this machine exists to run tests in them."""
    if FORBIDDEN_USERNS.exists() and FORBIDDEN_USERNS.read_text(encoding="utf-8").strip() != "0":
        files.write(SYSCTL, f"kernel.{FORBIDDEN_USERNS.name} = 0\n", Account.current())
        run(["sysctl", "--quiet", "--load", str(SYSCTL)])


def load_modules() -> None:
    files.write(MODULES, "".join(f"{name}\n" for name in MODULES_FOR_BRIDGES), Account.current())
    for name in MODULES_FOR_BRIDGES:
        try:
            run(["modprobe", name])
        except WorkloadError as error:
            if not Path(f"/sys/module/{name}").exists():
                raise WorkloadError(f"clones cannot have a bridge on this kernel: {error}") from error


def undo_preparation() -> None:
    """The files that were written; packages stay, as other things may need them by now."""
    for path in (SYSCTL, MODULES):
        path.unlink(missing_ok=True)
