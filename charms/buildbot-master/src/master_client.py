"""Speaks to a master as an administrator does, by its REST interface."""

from __future__ import annotations

import base64
import http.cookiejar
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from buildbot_common.errors import WorkloadError

RESULTS = ("success", "warnings", "failure", "skipped", "exception", "retry", "cancelled")
REQUEST_SECONDS = 30
POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Build:
    """`result` is empty while the build runs."""

    builder: str
    number: int
    state: str
    result: str
    url: str
    steps: tuple[str, ...] = ()


class MasterClient:
    def __init__(self, url: str, user: str, password: Callable[[], str]) -> None:
        self._url = url
        self._user = user
        self._password = password
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def wait_until_ready(self, seconds: float, alive: Callable[[], bool], log: Callable[[], str]) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._get("masters")
                return
            except WorkloadError as error:
                if not alive():
                    raise WorkloadError(f"the master ended. The end of its log:\n{log()}") from error
                if time.monotonic() > deadline:
                    raise WorkloadError(
                        f"the master does not answer after {seconds:.0f} s: {error}\n{log()}"
                    ) from error
            time.sleep(POLL_SECONDS)

    def force(self, builder: str, branch: str, reason: str) -> int:
        """The id of the build request."""
        self._log_in()
        ids = {each["name"]: each["builderid"] for each in self._get("builders")["builders"] if each["masterids"]}
        if builder not in ids:
            raise WorkloadError(f"no builder {builder} (hint: there are {', '.join(sorted(ids)) or 'none'})")
        parameters = {"builderid": ids[builder], "reason": reason, "branch": branch}
        call = {"jsonrpc": "2.0", "id": 1, "method": "force", "params": parameters}
        buildset, _ = self._post("forceschedulers/force", call)["result"]
        requests = self._get(f"buildrequests?buildsetid={buildset}")["buildrequests"]
        return int(requests[0]["buildrequestid"])

    def wait(self, request: int, seconds: float) -> Build:
        """The build of that request, ended; the last one where it was retried."""
        deadline = time.monotonic() + seconds
        while not self._get(f"buildrequests/{request}")["buildrequests"][0]["complete"]:
            if time.monotonic() > deadline:
                raise WorkloadError(f"build request {request} has not ended after {seconds:.0f} s; see {self._url}")
            time.sleep(POLL_SECONDS)
        return self._build(self._get(f"buildrequests/{request}/builds?order=-buildid&limit=1"))

    def last_build(self, builder: str) -> Build:
        return self._build(self._get(f"builders/{builder}/builds?order=-number&limit=1"), f"of {builder} ")

    def _build(self, answer: Any, which: str = "") -> Build:
        if not answer["builds"]:
            raise WorkloadError(f"there is no build {which}yet".replace("  ", " "))
        row = answer["builds"][0]
        builder = self._get(f"builders/{row['builderid']}")["builders"][0]["name"]
        steps = self._get(f"builds/{row['buildid']}/steps")["steps"]
        return Build(
            builder=builder,
            number=row["number"],
            state=row["state_string"],
            result=RESULTS[row["results"]] if row["results"] is not None else "",
            url=f"{self._url}#/builders/{row['builderid']}/builds/{row['number']}",
            steps=tuple(f"{step['name']}: {step['state_string']}" for step in steps if not step["hidden"]),
        )

    def _log_in(self) -> None:
        if not self._user:
            return
        word = base64.b64encode(f"{self._user}:{self._password()}".encode()).decode()
        self._open(urllib.request.Request(f"{self._url}auth/login", headers={"Authorization": f"Basic {word}"}))

    def _get(self, path: str) -> Any:
        return json.loads(self._open(urllib.request.Request(f"{self._url}api/v2/{path}")))

    def _post(self, path: str, body: object) -> Any:
        request = urllib.request.Request(
            f"{self._url}api/v2/{path}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        return json.loads(self._open(request))

    def _open(self, request: urllib.request.Request) -> bytes:
        try:
            with self._opener.open(request, timeout=REQUEST_SECONDS) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            words = error.read().decode(errors="replace").strip()
            raise WorkloadError(f"{request.full_url}: {error.code} {error.reason}: {words[:500]}") from error
        except OSError as error:
            raise WorkloadError(f"{request.full_url}: {error}") from error
