"""Proxies: as the model sets them, or as the caller's environment has them."""

from __future__ import annotations

import os
from collections.abc import Mapping

KINDS = ("http", "https", "no")


def take_from_juju(environment: Mapping[str, str]) -> None:
    """Juju says `JUJU_CHARM_HTTP_PROXY`; apt, pip, git and services look for `http_proxy`."""
    for kind in KINDS:
        value = environment.get(f"JUJU_CHARM_{kind.upper()}_PROXY", "")
        if value:
            os.environ[f"{kind}_proxy"] = os.environ[f"{kind.upper()}_PROXY"] = value


def variables() -> dict[str, str]:
    """For the environment of a service."""
    names = [f"{kind}_proxy" for kind in KINDS] + [f"{kind.upper()}_PROXY" for kind in KINDS]
    return {name: os.environ[name] for name in names if os.environ.get(name)}
