"""Names of workers and builders, as operators write them."""

from __future__ import annotations

import re

from buildbot_common.errors import UsageError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,49}")  # what Buildbot takes for workers; its database has 50 characters


def check_name(name: str, what: str) -> str:
    if not NAME.fullmatch(name):
        raise UsageError(f"{what} {name!r}: a name is up to 50 letters, digits, and . _ - after the first")
    return name


def split_names(text: str) -> list[str]:
    """Of `a, b` or of lines."""
    return [word for word in re.split(r"[\s,]+", text) if word]
