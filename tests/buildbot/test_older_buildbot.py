"""The same master.cfg, step and fan-out on Buildbot 3.7, which Debian 12 has."""

from deployment import Deployment
from project import TESTS
from rest import FAILURE, SUCCESS


def test_a_part_of_the_suite_fails_and_the_rest_is_merged(older_deployment: Deployment) -> None:
    rest = older_deployment.rest
    assert "buildbot.version: 3.7.0" in (older_deployment.master_directory / "twistd.log").read_text()
    build = rest.finished(rest.build_of(rest.force("force", "everything", branch="failing"))["buildid"], 180)
    assert build["results"] == FAILURE
    assert f"{TESTS} tests, 1 failed" in rest.steps(build["buildid"])["merge"]["state_string"]


def test_a_green_build_brings_its_reports(older_deployment: Deployment) -> None:
    rest = older_deployment.rest
    build = rest.finished(rest.build_of(rest.force("force", "suite", branch="green"))["buildid"])
    assert build["results"] == SUCCESS
    properties = rest.properties(build["buildid"])
    assert properties["sharder_passed"] == 13 and len(rest.results_of_tests(build["buildid"])) == 13
    assert (older_deployment.master_directory / properties["sharder_reports"] / "results.json").exists()
