"""What master and worker tell each other over a relation with interface `buildbot`.

    worker unit  {"name": "buildbot-worker-0", "builders": "parallel,lint", "max-builds": "1"}
    master app   {"host": "10.0.0.7", "port": "9989", "workers": "{\"buildbot-worker-0\": \"secret:...\"}"}

A worker says itself which builders it serves, because Juju has nothing like Buildbot's builder. Passwords travel as
Juju secrets, one for each worker and granted to its unit alone; the databag, which every unit of the other side can
read, has only their ids.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from buildbot_common.errors import UsageError
from buildbot_common.names import check_name, split_names

INTERFACE = "buildbot"
PASSWORD = "password"  # the key within a secret


@dataclass(frozen=True)
class Offer:
    """A worker's side."""

    name: str
    builders: tuple[str, ...]
    max_builds: int = 1

    def to_databag(self) -> dict[str, str]:
        return {"name": self.name, "builders": ",".join(self.builders), "max-builds": str(self.max_builds)}

    @classmethod
    def from_databag(cls, bag: Mapping[str, str]) -> Offer | None:
        """None as long as the worker has not written it. The other side is somebody else's code: it is checked."""
        if "name" not in bag:
            return None
        text = bag.get("max-builds", "1")
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise UsageError(f"worker {bag['name']!r} offers {text!r} builds at a time: a number from 1 is needed")
        builders = tuple(check_name(name, "builder") for name in split_names(bag.get("builders", "")))
        return cls(check_name(bag["name"], "worker"), builders, int(text))


@dataclass(frozen=True)
class Invitation:
    """The master's side: where it listens, and where each worker finds its password."""

    host: str
    port: int
    secret_ids: Mapping[str, str] = field(default_factory=dict)

    def to_databag(self) -> dict[str, str]:
        return {"host": self.host, "port": str(self.port), "workers": json.dumps(dict(self.secret_ids), sort_keys=True)}

    @classmethod
    def from_databag(cls, bag: Mapping[str, str]) -> Invitation | None:
        """None as long as the master has not written it."""
        if not {"host", "port", "workers"} <= set(bag):
            return None
        try:
            return cls(bag["host"], int(bag["port"]), {str(k): str(v) for k, v in json.loads(bag["workers"]).items()})
        except (ValueError, AttributeError) as error:
            raise UsageError(f"the master says where it is in a way that cannot be read: {error}") from error
