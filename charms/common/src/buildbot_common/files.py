"""Files that are written only when they change, whole or not at all, and unreadable to others where secret."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path

from buildbot_common.accounts import Account

PUBLIC = 0o644
SECRET = 0o600


def write(path: Path, text: str, account: Account, mode: int = PUBLIC) -> bool:
    """True if the file changed. It has its mode and owner before it has its content."""
    if _is_up_to_date(path, text, mode):
        account.own(path)
        return False
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        os.fchmod(descriptor, mode)
        account.own(temporary)
    temporary.replace(path)
    return True


def _is_up_to_date(path: Path, text: str, mode: int) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text and path.stat().st_mode & 0o777 == mode
    except FileNotFoundError:
        return False


def directory(path: Path, account: Account, mode: int = 0o755) -> Path:
    """Makes the directory, and those above it, which stay the caller's."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    account.own(path)
    return path


def secret(path: Path, account: Account) -> str:
    """The secret in that file; a new one where there is none."""
    if not path.exists():
        write(path, secrets.token_urlsafe(32) + "\n", account, SECRET)
    return path.read_text(encoding="utf-8").strip()


def give(top: Path, account: Account) -> None:
    """Gives a whole tree to the account, for when the account was changed."""
    for path in [top, *top.rglob("*")]:
        if path.lstat().st_uid != account.uid:
            account.own(path)


def tail(path: Path, lines: int = 20) -> str:
    """The end of a log, for a message; "" where there is none."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def digest(*paths: Path) -> str:
    """Short, and the same for the same contents."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()[:12]
