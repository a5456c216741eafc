"""A suite in three parts on three workers, merged; and what becomes of a part that never ran."""

import json

from deployment import Deployment
from project import TESTS, Project
from rest import EXCEPTION, FAILURE, SUCCESS, Rest


def forced(deployment: Deployment, builder: str, branch: str) -> dict:
    """The finished build of a branch."""
    buildset = deployment.rest.force("force", builder, branch=branch)
    return deployment.rest.finished(deployment.rest.build_of(buildset)["buildid"], 180)


def test_parts_on_three_workers_are_one_green_run(deployment: Deployment, project: Project) -> None:
    build = forced(deployment, "everything", "green")
    rest, number = deployment.rest, build["buildid"]
    assert build["results"] == SUCCESS, (build, rest.log(number, "merge", "stdio"))
    assert f"{TESTS} tests" in build["state_string"]

    shards = rest.get(f"builds/{number}/triggered_builds")["builds"]
    parts = [rest.properties(shard["buildid"]) for shard in shards]
    assert sorted(part["sharder_partition"] for part in parts) == ["1/3", "2/3", "3/3"]
    assert len({part["workername"] for part in parts}) == 3
    assert {part["got_revision"] for part in parts} == {project.revisions["green"]}
    assert sum(part["sharder_tests"] for part in parts) == TESTS
    assert all(part["sharder_tests"] for part in parts)

    merged = deployment.master_directory / rest.properties(number)["sharder_reports"]
    summary = json.loads((merged / "results.json").read_text())["results"]["summary"]
    assert (summary["tests"], summary["passed"], summary["skipped"]) == (TESTS, 13, 1)
    assert (merged / "junit.xml").exists() and len(rest.results_of_tests(number)) == 13


def test_the_next_build_is_divided_by_what_the_last_ones_took(deployment: Deployment) -> None:
    rest = deployment.rest
    kept = deployment.master_directory / "sharder" / "everything" / "history.db"
    assert kept.exists()
    build = forced(deployment, "everything", "green")
    assert build["results"] == SUCCESS, (build, rest.log(build["buildid"], "merge", "stdio"))
    shards = rest.get(f"builds/{build['buildid']}/triggered_builds")["builds"]
    parts = [listed_in(rest, shard["buildid"]) for shard in shards]
    # Four tests take a third of a second each, so a part with two of them gets hardly anything else. Without a history,
    # each part gets every third test, which is four of them at least.
    assert any(len(part) <= 3 and sum("test_port" in test for test in part) == 2 for part in parts), parts
    assert rest.steps(build["buildid"])["keep-history"]["results"] == SUCCESS


def listed_in(rest: Rest, build_id: int) -> list[str]:
    lines = [line for line in rest.log(build_id, "sharder", "events").splitlines() if '"event":"test.listed"' in line]
    return [json.loads(line)["test"] for line in lines]


def test_a_failure_in_one_part_fails_the_whole(deployment: Deployment) -> None:
    build = forced(deployment, "everything", "failing")
    assert build["results"] == FAILURE
    steps = deployment.rest.steps(build["buildid"])
    assert steps["shards"]["results"] == FAILURE
    assert f"{TESTS} tests, 1 failed" in steps["merge"]["state_string"]
    assert steps["keep-history"]["results"] == SUCCESS
    assert "the price is 43" in deployment.rest.log(build["buildid"], "merge", "test_shop.py::test_price")


def test_a_part_that_buildbot_dropped_is_missed(deployment: Deployment) -> None:
    build = forced(deployment, "collapsing", "green")
    rest, steps = deployment.rest, deployment.rest.steps(build["buildid"])
    # The trap: Buildbot calls the step that triggered them a success, or skipped at worst.
    assert steps["shards"]["results"] not in (FAILURE, EXCEPTION)
    assert build["results"] == EXCEPTION, (build, steps["merge"])
    assert "did not report" in steps["merge"]["state_string"]
    assert "keep-history" not in steps, "half a suite must not divide the next"
    assert "collapseRequests=False" in rest.log(build["buildid"], "merge", "incomplete")
