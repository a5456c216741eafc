"""Both charms on a real Juju controller: deploy, integrate, build, scale, remove.

Asked for by SHARDER_CHARMS (directory of the two packed charms), SHARDER_DEB and SHARDER_TEST_REPOSITORY in the
environment, where juju and jubilant are.
"""

import os
import shutil
from pathlib import Path

import pytest

jubilant = pytest.importorskip("jubilant", reason="jubilant is not installed: nothing was deployed to Juju")
pytestmark = [
    pytest.mark.juju,
    pytest.mark.skipif(shutil.which("juju") is None, reason="there is no juju: nothing was deployed to a controller"),
    pytest.mark.skipif("SHARDER_CHARMS" not in os.environ, reason="SHARDER_CHARMS names no packed charms to deploy"),
]


def test_from_nothing_to_a_green_build_and_back() -> None:
    charms, package = Path(os.environ["SHARDER_CHARMS"]), os.environ["SHARDER_DEB"]
    repository = os.environ["SHARDER_TEST_REPOSITORY"]
    with jubilant.temp_model() as juju:
        juju.deploy(next(charms.glob("buildbot-master*.charm")), config={"repository": repository})
        juju.deploy(
            next(charms.glob("buildbot-worker*.charm")),
            resources={"sharder": package},
            constraints={"virt-type": "virtual-machine", "mem": "4G"},
        )
        juju.integrate("buildbot-master", "buildbot-worker")
        juju.wait(jubilant.all_active, timeout=1800)
        built = juju.run("buildbot-master/0", "force-build", {"builder": "parallel", "wait": True}, wait=1800)
        assert built.results["result"] == "success"
        juju.run("buildbot-master/0", "rotate-passwords")
        juju.add_unit("buildbot-worker")
        juju.wait(jubilant.all_active, timeout=1800)
        juju.remove_relation("buildbot-master", "buildbot-worker")
        juju.wait(lambda status: status.apps["buildbot-worker"].is_blocked, timeout=600)
