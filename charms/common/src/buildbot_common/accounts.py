"""Accounts of the machine: whose the files are, and as whom services run."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from buildbot_common.commands import run
from buildbot_common.errors import WorkloadError


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int
    home: Path

    @classmethod
    def current(cls) -> Account:
        return cls._from_entry(pwd.getpwuid(os.geteuid()))

    @classmethod
    def named(cls, name: str) -> Account:
        try:
            account = cls._from_entry(pwd.getpwnam(name))
        except KeyError:
            raise WorkloadError(
                f"no account {name} on this machine (hint: sudo useradd --create-home {name})"
            ) from None
        if account.uid != os.geteuid() and os.geteuid() != 0:
            raise WorkloadError(f"only root can set something up for the account {name} (hint: sudo)")
        return account

    @classmethod
    def made(cls, name: str, home: Path) -> Account:
        """The account of that name, made if there is none. Takes root."""
        try:
            pwd.getpwnam(name)
        except KeyError:
            run(["useradd", "--system", "--create-home", "--home-dir", str(home), "--shell", "/usr/sbin/nologin", name])
        return cls.named(name)

    @classmethod
    def _from_entry(cls, entry: pwd.struct_passwd) -> Account:
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid, Path(entry.pw_dir))

    @property
    def is_current(self) -> bool:
        return self.uid == os.geteuid()

    def own(self, path: Path) -> None:
        """Gives `path` to the account; what already belongs to it is not touched."""
        if not self.is_current:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
