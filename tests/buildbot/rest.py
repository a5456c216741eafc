"""Asks a Buildbot master by its REST interface, as its pages do."""

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

SUCCESS, WARNINGS, FAILURE, SKIPPED, EXCEPTION, RETRY, CANCELLED = range(7)
TRIES = 5


class Rest:
    """REST version 2 of one master."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/") + "/api/v2/"

    def get(self, path: str) -> dict[str, Any]:
        return json.loads(self.raw(path))

    def raw(self, path: str) -> str:
        return self._read(path).decode("utf-8", errors="replace")

    def _read(self, path: str) -> bytes:
        # A busy Buildbot 4.3 now and then ends an answer after its head.
        for _ in range(TRIES):
            try:
                with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                    return answer.read()
            except http.client.IncompleteRead as error:
                cut = error
        raise cut

    def call(self, path: str, method: str, **parameters: Any) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)["result"]

    def builder_id(self, name: str) -> int:
        builders = self.get("builders?" + urllib.parse.urlencode({"name": name}))["builders"]
        assert builders, f'the master has no builder "{name}"'
        return builders[0]["builderid"]

    def builds(self, builder: str) -> list[dict[str, Any]]:
        return self.get(f"builders/{self.builder_id(builder)}/builds?order=number")["builds"]

    def force(self, scheduler: str, builder: str, **parameters: Any) -> int:
        """The id of the build set."""
        return self.call(
            f"forceschedulers/{scheduler}", "force", builderid=str(self.builder_id(builder)), **parameters
        )[0]

    def build_of(self, buildset: int, timeout: float = 60) -> dict[str, Any]:
        """The newest build of a build set with one request, as soon as it has begun."""

        def begun() -> dict[str, Any] | None:
            request = self.get(f"buildrequests?buildsetid={buildset}")["buildrequests"][0]
            builds = self.get(f"builds?buildrequestid={request['buildrequestid']}&order=number")["builds"]
            return builds[-1] if builds else None

        return wait_for(begun, f"a build of build set {buildset}", timeout)

    def build(self, build_id: int) -> dict[str, Any]:
        return self.get(f"builds/{build_id}")["builds"][0]

    def finished(self, build_id: int, timeout: float = 120) -> dict[str, Any]:
        def complete() -> dict[str, Any] | None:
            build = self.build(build_id)
            return build if build["complete"] else None

        return wait_for(complete, f"the end of build {build_id}", timeout)

    def steps(self, build_id: int) -> dict[str, dict[str, Any]]:
        return {step["name"]: step for step in self.get(f"builds/{build_id}/steps")["steps"]}

    def logs(self, build_id: int, step: str) -> dict[str, str]:
        """Slugs by name."""
        logs = self.get(f"builds/{build_id}/steps/{step}/logs")["logs"]
        return {log["name"]: log["slug"] for log in logs}

    def log(self, build_id: int, step: str, name: str) -> str:
        return self.raw(f"builds/{build_id}/steps/{step}/logs/{self.logs(build_id, step)[name]}/raw")

    def properties(self, build_id: int) -> dict[str, Any]:
        properties = self.get(f"builds/{build_id}/properties")["properties"][0]
        return {name: value[0] for name, value in properties.items()}

    def results_of_tests(self, build_id: int) -> list[dict[str, Any]]:
        results = []
        for found in self.get(f"builds/{build_id}/test_result_sets")["test_result_sets"]:
            path = f"test_result_sets/{found['test_result_setid']}/results"
            for result in self.get(path)["test_results"]:
                results.append({**result, "set": found["description"]})
        return results


def wait_for(condition: Any, what: str, timeout: float) -> Any:
    """Asks until there is an answer; TimeoutError names what was awaited."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.2)
    raise TimeoutError(f"waited {timeout:.0f} s for {what}")
