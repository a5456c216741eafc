"""The step in a real master and worker, with real clones."""

import json
import time
from typing import Any

import browser
from deployment import CHECKOUT, Deployment
from project import PATIENCE_SECONDS, TESTS, Project
from remains import of_run, processes_with
from rest import CANCELLED, EXCEPTION, FAILURE, SUCCESS, WARNINGS, wait_for

STEP = "sharder"
ARTIFACTS = CHECKOUT / "build" / "artifacts" / "buildbot"
UPLOADED = ["journal.ndjson", "junit.xml", "results.json"]


def begun(deployment: Deployment, project: Project, branch: str) -> int:
    """The id of the build that a change on a branch starts."""
    earlier = {build["buildid"] for build in deployment.rest.builds("suite")}
    revision = project.revisions[branch]
    deployment.send_change(branch, revision, str(project.directory))

    def found() -> int | None:
        new = {build["buildid"] for build in deployment.rest.builds("suite")} - earlier
        return next((number for number in new if deployment.rest.properties(number).get("revision") == revision), None)

    return wait_for(found, f"a build of {branch}", 60)


def built(deployment: Deployment, project: Project, branch: str) -> dict[str, Any]:
    return deployment.rest.finished(begun(deployment, project, branch))


def test_a_green_change_is_green_with_counts_and_reports(deployment: Deployment, project: Project) -> None:
    build = built(deployment, project, "green")
    rest, number = deployment.rest, build["buildid"]
    assert build["results"] == SUCCESS, rest.log(number, STEP, "stdio")
    assert build["state_string"].startswith(f"build successful {TESTS} tests in ")

    properties = rest.properties(number)
    assert (properties["sharder_tests"], properties["sharder_passed"], properties["sharder_skipped"]) == (TESTS, 13, 1)
    assert properties["sharder_exit_status"] == 0 and properties["got_revision"] == project.revisions["green"]
    data = json.loads(rest.raw(f"builds/{number}/data/sharder-summary/value"))
    assert data["run_id"] == properties["sharder_run_id"] and data["counts"]["passed"] == 13

    reports = deployment.master_directory / properties["sharder_reports"]
    assert sorted(path.name for path in reports.iterdir()) == UPLOADED
    assert json.loads((reports / "results.json").read_text())["results"]["summary"]["tests"] == TESTS
    assert f"{TESTS} tests: 13 passed, 1 skipped" in rest.log(number, STEP, "summary")
    assert '"event":"run.finished"' in rest.log(number, STEP, "events")

    results = rest.results_of_tests(number)
    assert len(results) == 13 and all(result["value"] == "1" for result in results)
    port = next(result for result in results if result["test_name"] == "test_shop.py::test_port[0]")
    assert port["duration_ns"] > 250_000_000
    assert of_run(properties["sharder_run_id"]) == []


def test_a_flaky_test_makes_warnings(deployment: Deployment, project: Project) -> None:
    build = built(deployment, project, "flaky")
    rest, number = deployment.rest, build["buildid"]
    assert build["results"] == WARNINGS, rest.log(number, STEP, "stdio")
    assert f"{TESTS} tests, 1 flaky in " in build["state_string"]
    assert rest.properties(number)["sharder_flaky"] == 1
    assert "it rains at first" in rest.log(number, STEP, "test_shop.py::test_weather")
    flaky = [result["test_name"] for result in rest.results_of_tests(number) if result["set"] == "sharder flaky"]
    assert flaky == ["test_shop.py::test_weather"]


def test_a_failing_test_fails_the_build_and_shows_its_output(deployment: Deployment, project: Project) -> None:
    build = built(deployment, project, "failing")
    rest, number = deployment.rest, build["buildid"]
    assert build["results"] == FAILURE
    assert f"{TESTS} tests, 1 failed in " in build["state_string"]
    said = rest.log(number, STEP, "test_shop.py::test_price")
    assert "the price is 43" in said and "attempts: failed, failed, failed, failed" in said
    failed = [result["test_name"] for result in rest.results_of_tests(number) if result["value"] == "0"]
    assert failed == ["test_shop.py::test_price"]

    page = f"{deployment.url}#/builders/{build['builderid']}/builds/{build['number']}"
    words = [f"{TESTS} tests, 1 failed in ", "test_shop.py::test_price"]
    shown = browser.look_for(words, page, ARTIFACTS / "failed-build.png")
    assert all(word in shown for word in words), shown
    assert (ARTIFACTS / "failed-build.png").stat().st_size > 10_000


def test_a_wrong_configuration_is_an_exception_that_says_what_is_wrong(
    deployment: Deployment, project: Project
) -> None:
    build = built(deployment, project, "broken")
    assert build["results"] == EXCEPTION
    assert "pytset" in build["state_string"] and "configuration is wrong" in build["state_string"]


def test_a_failed_setup_fails_the_build_with_the_reason(deployment: Deployment, project: Project) -> None:
    build = built(deployment, project, "unsettled")
    assert build["results"] == FAILURE
    assert 'the setup command "false" failed' in build["state_string"]


def test_a_worker_without_sharder_is_an_exception_that_says_so(deployment: Deployment) -> None:
    rest = deployment.rest
    build = rest.finished(rest.build_of(rest.force("force", "absent", branch="green"))["buildid"])
    assert build["results"] == EXCEPTION, build
    assert "is sharder installed on the worker?" in build["state_string"]


def test_a_stopped_build_leaves_no_clone_and_no_process(deployment: Deployment, project: Project) -> None:
    rest, number = deployment.rest, begun(deployment, project, "slow")
    wait_for(lambda: processes_with(PATIENCE_SECONDS), "the suite's child process", 60)
    live = wait_for(lambda: _live_text(rest.steps(number)[STEP]["state_string"]), "a live count", 20)
    assert live.endswith(" 2 workers")

    asked = time.monotonic()
    rest.call(f"builds/{number}", "stop", reason="enough")
    build = rest.finished(number, 60)
    print(f"stopped after {time.monotonic() - asked:.1f} s")
    assert build["results"] == CANCELLED
    assert "stopped (cancelled)" in rest.steps(number)[STEP]["state_string"]
    properties = rest.properties(number)
    assert properties["sharder_run_id"] and of_run(properties["sharder_run_id"]) == []
    assert processes_with(PATIENCE_SECONDS) == []


def _live_text(text: str) -> str:
    """What the step says while tests run, and nothing before."""
    return text if f"/{TESTS} tests" in text else ""


def test_the_worker_keeps_the_run_of_one_build_only(deployment: Deployment) -> None:
    kept = list(
        (deployment.worker_directory("worker-1") / "suite" / "build" / ".sharder" / "buildbot" / STEP).iterdir()
    )
    assert len(kept) == 1, kept
