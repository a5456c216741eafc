"""Runs commands to their end; one that fails is an error that quotes its last words."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from buildbot_common.errors import WorkloadError

if TYPE_CHECKING:
    from buildbot_common.accounts import Account

LAST_WORDS = 15  # lines: enough for a Python traceback's end, few enough for a status message's log


def run(
    command: Sequence[str],
    *,
    account: Account | None = None,
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
    timeout_seconds: float = 1800,
    accept: frozenset[int] = frozenset({0}),
) -> subprocess.CompletedProcess[str]:
    """Standard error goes into standard output: people want them in the order in which they came.

    Secrets must never be in `command`: everybody on the machine can read it in /proc.
    """
    who = identity(account)
    try:
        done = subprocess.run(
            list(command),
            cwd=directory,
            env=surroundings(account, environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout_seconds,
            check=False,
            user=who.user,
            group=who.group,
            extra_groups=who.extra_groups,
        )
    except FileNotFoundError as error:
        raise WorkloadError(f"cannot run {command[0]}: {error.strerror}: {error.filename}") from error
    except subprocess.TimeoutExpired as error:
        raise WorkloadError(f"{' '.join(command)}: still running after {timeout_seconds:.0f} s; killed") from error
    if done.returncode not in accept:
        words = "\n".join(done.stdout.strip().splitlines()[-LAST_WORDS:])
        raise WorkloadError(f"{' '.join(command)}: exit status {done.returncode}\n{words}".rstrip())
    return done


def surroundings(account: Account | None, environment: Mapping[str, str] | None) -> dict[str, str] | None:
    """The caller's, unless said otherwise; but another account has another home."""
    if environment is not None:
        return dict(environment)
    if account is None or account.is_current:
        return None
    return {**os.environ, "HOME": str(account.home), "USER": account.name, "LOGNAME": account.name}


class Identity(NamedTuple):
    """Arguments of subprocess; None: the caller's own."""

    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None


def identity(account: Account | None) -> Identity:
    return Identity() if account is None or account.is_current else Identity(account.uid, account.gid, ())
