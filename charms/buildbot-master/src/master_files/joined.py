"""What the deployment knows, for master.cfg: `from joined import builders, login, settings, workers`.

Everything is read anew at each call, because a master that reconfigures does not import modules again.
"""

import json
from pathlib import Path
from typing import Any

from buildbot.plugins import util, worker

HERE = Path(__file__).parent
UNSERVED = "no-worker-yet"


def settings() -> dict[str, Any]:
    """What the operator set."""
    return dict(json.loads((HERE / "settings.json").read_text(encoding="utf-8")))


def joined() -> list[dict[str, Any]]:
    """The workers that have joined: [{"name", "builders", "max_builds", "password_file"}]."""
    return list(json.loads((HERE / "workers.json").read_text(encoding="utf-8")))


def workers() -> list[Any]:
    """For c["workers"]. With a placeholder where a builder has no worker: its builds wait for one."""
    found = [
        worker.Worker(each["name"], _secret(each["password_file"]), max_builds=each["max_builds"]) for each in joined()
    ]
    if any(builder["workers"] == [UNSERVED] for builder in builders()):
        found.append(worker.Worker(UNSERVED, change_password()))
    return found


def workers_of(builder: str) -> list[str]:
    """Names of the workers that serve that builder. Workers say themselves what they serve."""
    return [each["name"] for each in joined() if builder in each["builders"]] or [UNSERVED]


def builders() -> list[dict[str, Any]]:
    """The operator's builders with their workers: [{"name", "arguments", "workers"}]."""
    return [{**builder, "workers": workers_of(builder["name"])} for builder in settings()["builders"]]


def change_password() -> str:
    """For `buildbot sendchange --auth change:PASSWORD`."""
    return _secret(settings()["change_password_file"])


def login() -> dict[str, Any]:
    """For c["www"]: everybody may look; only the administrator may force, stop and retry builds."""
    name = settings()["admin"]
    if not name:
        return {}
    return {
        "auth": util.UserPasswordAuth({name: _secret(settings()["admin_password_file"])}),
        "authz": util.Authz(
            allowRules=[util.AnyControlEndpointMatcher(role="admin")],
            roleMatchers=[util.RolesFromUsername(roles=["admin"], usernames=[name])],
        ),
    }


def _secret(path: str) -> str:
    return Path(path).read_text(encoding="utf-8").strip()
