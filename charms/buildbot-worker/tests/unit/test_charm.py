"""State transitions of the worker's charm: every event that it observes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from ops import ActiveStatus, BlockedStatus, ModelError, Resources, WaitingStatus, testing

from buildbot_common.errors import WorkloadError
from buildbot_worker import Connection

from .conftest import Machine

Context = testing.Context[Any]
NAME = "buildbot-worker-0"
NO_SHARDER = "there is no sharder (hint: juju attach-resource buildbot-worker sharder=FILE.deb)"
PASSWORD = "a-password-of-its-own"


@pytest.fixture
def secret() -> testing.Secret:
    return testing.Secret({"password": PASSWORD})


@pytest.fixture
def invited(secret: testing.Secret) -> testing.Relation:
    bag = {"host": "10.0.0.7", "port": "9989", "workers": json.dumps({NAME: secret.id})}
    return testing.Relation("master", remote_app_name="buildbot-master", remote_app_data=bag)


@pytest.fixture
def with_master(package: testing.Resource, invited: testing.Relation, secret: testing.Secret) -> testing.State:
    return testing.State(relations={invited}, secrets={secret}, resources={package})


@pytest.mark.parametrize("event", ["install", "upgrade_charm", "start", "config_changed", "update_status"])
def test_without_a_master_the_machine_is_prepared(
    context: Context, machine: Machine, package: testing.Resource, event: str
) -> None:
    out = context.run(getattr(context.on, event)(), testing.State(resources={package}))
    assert out.unit_status == BlockedStatus("no master: juju integrate buildbot-worker buildbot-master")
    assert len(machine.prepared) == 1
    assert machine.deployed == []
    assert out.workload_version == "0.1.0"


@pytest.fixture
def no_package(tmp_path: Path) -> testing.Resource:
    """As Charmhub hands out what nobody has attached."""
    file = tmp_path / "empty.deb"
    file.touch()
    return testing.Resource(name="sharder", path=file)


def test_without_sharder_it_says_what_to_attach(
    context: Context, machine: Machine, no_package: testing.Resource
) -> None:
    out = context.run(context.on.install(), testing.State(resources={no_package}))
    assert out.unit_status == BlockedStatus(NO_SHARDER)
    assert machine.prepared == []


def test_a_resource_that_juju_does_not_have_is_asked_for_too(
    context: Context, no_package: testing.Resource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Path:
        raise ModelError('could not download resource: resource "sharder" not found')

    monkeypatch.setattr(Resources, "fetch", fail)
    out = context.run(context.on.install(), testing.State(resources={no_package}))
    assert out.unit_status == BlockedStatus(NO_SHARDER)


@pytest.mark.parametrize("event", ["relation_created", "relation_joined", "relation_changed"])
def test_it_announces_itself(context: Context, machine: Machine, package: testing.Resource, event: str) -> None:
    relation = testing.Relation("master", remote_app_name="buildbot-master")
    config = {"builders": "parallel, lint", "max-builds": 2}
    before = testing.State(relations={relation}, resources={package}, config=config)
    out = context.run(getattr(context.on, event)(relation), before)
    offer = {"name": NAME, "builders": "parallel,lint", "max-builds": "2"}
    assert offer.items() <= out.get_relation(relation.id).local_unit_data.items()
    assert out.unit_status == WaitingStatus("for the master's invitation")
    assert machine.deployed == []


@pytest.mark.parametrize("event", ["install", "start", "config_changed", "update_status", "upgrade_charm"])
def test_invited_it_joins(context: Context, machine: Machine, with_master: testing.State, event: str) -> None:
    out = context.run(getattr(context.on, event)(), with_master)
    join = machine.deployed[0]
    assert (join.host, join.port, join.name, join.password) == ("10.0.0.7", 9989, NAME, PASSWORD)
    assert out.unit_status == ActiveStatus("serves parallel")


def test_the_password_is_in_no_databag(context: Context, with_master: testing.State, invited: testing.Relation) -> None:
    out = context.run(context.on.relation_changed(invited), with_master)
    relation = out.get_relation(invited.id)
    assert PASSWORD not in json.dumps([dict(relation.local_unit_data), dict(relation.local_app_data)])


def test_a_secret_for_somebody_else_is_no_invitation(
    context: Context, machine: Machine, package: testing.Resource
) -> None:
    bag = {"host": "10.0.0.7", "port": "9989", "workers": json.dumps({"buildbot-worker-9": "secret:x"})}
    relation = testing.Relation("master", remote_app_data=bag)
    out = context.run(context.on.relation_changed(relation), testing.State(relations={relation}, resources={package}))
    assert machine.deployed == []
    assert isinstance(out.unit_status, WaitingStatus)


def test_a_secret_that_may_not_be_read_yet_is_waited_for(
    context: Context, machine: Machine, with_master: testing.State, invited: testing.Relation
) -> None:
    before = dataclasses.replace(with_master, secrets=set())
    out = context.run(context.on.relation_changed(invited), before)
    assert machine.deployed == []
    assert out.unit_status == WaitingStatus("for the master's invitation")


def test_an_invitation_that_cannot_be_read_blocks(context: Context, package: testing.Resource) -> None:
    relation = testing.Relation("master", remote_app_data={"host": "h", "port": "many", "workers": "{}"})
    out = context.run(context.on.relation_changed(relation), testing.State(relations={relation}, resources={package}))
    assert isinstance(out.unit_status, BlockedStatus)
    assert "cannot be read" in out.unit_status.message


def test_a_new_password_is_taken(context: Context, machine: Machine, package: testing.Resource) -> None:
    secret = testing.Secret({"password": PASSWORD}, latest_content={"password": "newer"}, label="worker-password")
    bag = {"host": "10.0.0.7", "port": "9989", "workers": json.dumps({NAME: secret.id})}
    relation = testing.Relation("master", remote_app_data=bag)
    before = testing.State(relations={relation}, secrets={secret}, resources={package})
    context.run(context.on.secret_changed(secret), before)
    assert machine.deployed[0].password == "newer"


def test_a_departing_master_unit_changes_nothing(
    context: Context, machine: Machine, with_master: testing.State, invited: testing.Relation
) -> None:
    out = context.run(context.on.relation_departed(invited, remote_unit=0), with_master)
    assert len(machine.deployed) == 1
    assert isinstance(out.unit_status, ActiveStatus)


def test_without_the_relation_it_leaves(
    context: Context, machine: Machine, with_master: testing.State, invited: testing.Relation
) -> None:
    machine.is_running = True
    out = context.run(context.on.relation_broken(invited), with_master)
    assert (machine.left, machine.is_running, machine.deployed) == (1, False, [])
    assert out.unit_status == BlockedStatus("no master: juju integrate buildbot-worker buildbot-master")


def test_configuration_reaches_the_machine(context: Context, machine: Machine, package: testing.Resource) -> None:
    config: dict[str, Any] = {
        "user": "tester",
        "base": "ci",
        "base-release": "bookworm",
        "base-packages": "make, g++",
        "packages": "git-lfs",
        "containers": 6,
    }
    context.run(context.on.config_changed(), testing.State(resources={package}, config=config))
    wishes = machine.prepared[0]
    assert (wishes.user, wishes.containers, wishes.extra_packages) == ("tester", 6, ("git-lfs",))
    assert (wishes.base.name, wishes.base.release, wishes.base.packages) == ("ci", "bookworm", ("make", "g++"))
    assert wishes.package == package.path


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"builders": ""}, "builders: at least one is needed"),
        ({"builders": "a b$"}, "builder 'b$'"),
        ({"max-builds": 0}, "max-builds: a number from 1"),
        ({"containers": -1}, "containers: a number from 0"),
        ({"user": "tester"}, "user tester cannot clone the machine itself"),
        ({"user": "tester", "base": "ci", "base-release": "noble", "bridge": True}, "user tester cannot make bridges"),
        ({"base": "ci"}, "base ci of what?"),
        ({"base": "../x", "base-release": "noble"}, "base '../x': a name is"),
    ],
)
def test_a_wrong_option_blocks_and_is_named(
    context: Context, machine: Machine, package: testing.Resource, config: Any, said: str
) -> None:
    out = context.run(context.on.config_changed(), testing.State(resources={package}, config=config))
    assert isinstance(out.unit_status, BlockedStatus)
    assert said in out.unit_status.message
    assert machine.deployed == []


def test_an_unfit_machine_blocks(context: Context, machine: Machine, with_master: testing.State) -> None:
    machine.fit = False
    out = context.run(context.on.update_status(), with_master)
    assert out.unit_status == BlockedStatus("this machine cannot run clones: juju run buildbot-worker/0 doctor")
    assert machine.deployed == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (Connection.REFUSED, "password"),
        (Connection.LOST, "connection was lost"),
        (Connection.FAILED, "cannot be reached"),
        (Connection.TRYING, "to answer"),
        (Connection.ENDED, "to start again"),
    ],
)
def test_a_worker_that_has_not_joined_waits_and_says_for_what(
    context: Context, machine: Machine, with_master: testing.State, state: Connection, said: str
) -> None:
    machine.state = state
    out = context.run(context.on.update_status(), with_master)
    assert isinstance(out.unit_status, WaitingStatus)
    assert said in out.unit_status.message


def test_a_worker_that_does_not_stay_up_blocks(context: Context, machine: Machine, with_master: testing.State) -> None:
    machine.starts = False
    out = context.run(context.on.update_status(), with_master)
    assert isinstance(out.unit_status, BlockedStatus)
    assert "twistd.log" in out.unit_status.message


def test_what_is_no_mistake_of_the_operator_is_raised_so_that_juju_tries_again(
    context: Context, machine: Machine, package: testing.Resource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise WorkloadError("apt-get install: exit status 100")

    monkeypatch.setattr(machine, "prepare", fail)
    with pytest.raises(testing.errors.UncaughtCharmError, match="apt-get install"):
        context.run(context.on.install(), testing.State(resources={package}))


def test_stop_leaves_and_remove_removes_whatever_the_configuration(context: Context, machine: Machine) -> None:
    wrong: dict[str, Any] = {"base": "ci", "max-builds": 0}
    context.run(context.on.stop(), testing.State(config=wrong))
    assert machine.left == 1
    context.run(context.on.remove(), testing.State(config=wrong))
    assert machine.removed == "ci"


def test_run_tests(context: Context, worker_charm: Any, machine: Machine, package: testing.Resource) -> None:
    parameters = worker_charm.parameters("run-tests", repository="https://e.org/p.git", arguments="--seed 7 'a b'")
    before = testing.State(resources={package}, unit_status=ActiveStatus("serves parallel"))
    out = context.run(context.on.action("run-tests", params=parameters), before)
    assert machine.tested == [("https://e.org/p.git", "", ["--seed", "7", "a b"])]
    assert context.action_results is not None
    assert context.action_results["exit-status"] == 0
    assert context.action_results["output"].endswith("3 tests: 3 passed")
    assert len(context.action_results["output"]) == 30_000
    assert out.unit_status == ActiveStatus("serves parallel")


def test_run_tests_fails_as_the_tests_do(
    context: Context, worker_charm: Any, machine: Machine, package: testing.Resource
) -> None:
    machine.test_status = 1
    parameters = worker_charm.parameters("run-tests", repository="https://e.org/p.git")
    with pytest.raises(testing.ActionFailed, match="status 1"):
        context.run(context.on.action("run-tests", params=parameters), testing.State(resources={package}))


def test_run_tests_names_a_wrong_argument(context: Context, worker_charm: Any, package: testing.Resource) -> None:
    parameters = worker_charm.parameters("run-tests", repository="r", arguments="'open")
    with pytest.raises(testing.ActionFailed, match="No closing quotation"):
        context.run(context.on.action("run-tests", params=parameters), testing.State(resources={package}))


def test_doctor(context: Context, machine: Machine, package: testing.Resource) -> None:
    before = testing.State(resources={package})
    context.run(context.on.action("doctor"), before)
    assert context.action_results == {"output": "ok"}
    machine.fit = False
    with pytest.raises(testing.ActionFailed, match="cannot run clones"):
        context.run(context.on.action("doctor"), before)


def test_clean_and_refresh_base(context: Context, package: testing.Resource) -> None:
    before = testing.State(resources={package}, config={"base": "ci", "base-release": "noble"})
    context.run(context.on.action("clean"), before)
    assert context.action_results == {"output": "nothing to remove"}
    context.run(context.on.action("refresh-base"), before)
    assert context.action_results == {"output": "refreshed ci"}


@pytest.mark.parametrize("action", ["doctor", "clean", "refresh-base"])
def test_an_action_that_cannot_be_done_says_why(context: Context, no_package: testing.Resource, action: str) -> None:
    with pytest.raises(testing.ActionFailed, match="there is no sharder"):
        context.run(context.on.action(action), testing.State(resources={no_package}))
