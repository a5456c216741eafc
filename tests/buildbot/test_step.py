"""The step, in a real master and worker, with real clones."""

import json

import pytest
from deployment import Deployment
from project import TESTS, Project
from rest import EXCEPTION, FAILURE, SUCCESS, WARNINGS, wait_for


def built(deployment: Deployment, project: Project, branch: str) -> dict:
    """The finished build of a change on a branch."""
    before = len(deployment.rest.builds("suite"))
    deployment.send_change(branch, project.revisions[branch], str(project.directory))
    wait_for(lambda: len(deployment.rest.builds("suite")) > before, f"a build of {branch}", 30)
    return deployment.rest.finished(deployment.rest.builds("suite")[-1]["buildid"])


def test_a_green_change_is_green_with_counts(deployment: Deployment, project: Project) -> None:
    build = built(deployment, project, "green")
    assert build["results"] == SUCCESS, build
    print(build["state_string"], deployment.rest.properties(build["buildid"]))
    print(deployment.rest.logs(build["buildid"], "sharder"))
