"""State transitions of the master's charm: every event that it observes."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from ops import ActiveStatus, BlockedStatus, SecretRotate, WaitingStatus, testing

from buildbot_common.errors import WorkloadError

from .conftest import ADMIN_PASSWORD, Machine, worker_relation

CONFIG: dict[str, Any] = {"repository": "https://example.org/project.git"}
Context = testing.Context[Any]


def state(**given: Any) -> testing.State:
    return testing.State(**{"leader": True, "config": CONFIG, **given})


def secret_of(out: testing.State, name: str = "buildbot-worker-0") -> testing.Secret:
    return out.get_secret(label=f"worker-{name}")


def joined(context: Context) -> tuple[testing.Relation, testing.State]:
    """A master with one worker."""
    relation = worker_relation()
    out = context.run(context.on.relation_changed(relation, remote_unit=0), state(relations={relation}))
    return out.get_relation(relation.id), out  # type: ignore[return-value]


@pytest.mark.parametrize(
    "event", ["install", "upgrade_charm", "start", "leader_elected", "config_changed", "update_status"]
)
def test_every_event_of_life_installs_and_deploys(context: Context, machine: Machine, event: str) -> None:
    out = context.run(getattr(context.on, event)(), state())
    settings, workers, own_cfg = machine.deployed[0]
    assert (machine.prepared, settings.repository, workers, own_cfg) == (1, CONFIG["repository"], [], None)
    assert out.unit_status == WaitingStatus("for a worker: juju integrate buildbot-master buildbot-worker")
    assert {port.port for port in out.opened_ports} == {8010, 9989}
    assert out.workload_version == "4.3.0"


def test_without_a_repository_it_says_which_option_to_set(context: Context, machine: Machine) -> None:
    out = context.run(context.on.config_changed(), state(config={}))
    assert out.unit_status == BlockedStatus("which repository? (hint: juju config buildbot-master repository=URL)")
    assert machine.deployed == []


def test_configuration_reaches_the_master(context: Context, machine: Machine) -> None:
    config = {
        **CONFIG,
        "builders": "parallel\nnightly: --order shuffle",
        "branches": "main, next",
        "build-command": "make",
        "www-port": 80,
        "worker-port": 9000,
        "admin": "",
        "url": "https://ci.example.org/",
        "master-cfg": "c = BuildmasterConfig = {}",
    }
    out = context.run(context.on.config_changed(), state(config=config))
    settings, _, own_cfg = machine.deployed[0]
    assert [(each.name, each.arguments) for each in settings.builders] == [
        ("parallel", ()),
        ("nightly", ("--order", "shuffle")),
    ]
    assert (settings.branches, settings.build_command, settings.admin) == (("main", "next"), "make", "")
    assert (settings.url, own_cfg) == ("https://ci.example.org/", "c = BuildmasterConfig = {}")
    assert {port.port for port in out.opened_ports} == {80, 9000}


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("builders", "", "builders: at least one is needed"),
        ("builders", "a, a", "builders: a is there twice"),
        ("builders", "-x", "builder '-x': a name is"),
        ("builders", "a: 'b", "No closing quotation"),
        ("password-rotation", "sometimes", "password-rotation: one of never, hourly"),
    ],
)
def test_a_wrong_option_blocks_and_is_named(context: Context, option: str, value: str, said: str) -> None:
    out = context.run(context.on.config_changed(), state(config={**CONFIG, option: value}))
    assert isinstance(out.unit_status, BlockedStatus)
    assert said in out.unit_status.message


def test_a_master_cfg_that_is_refused_blocks_with_its_first_line(context: Context, machine: Machine) -> None:
    machine.refuses = "master.cfg is wrong; the one before stays in force: line 3\nmuch more"
    out = context.run(context.on.config_changed(), state())
    assert out.unit_status == BlockedStatus("master.cfg is wrong; the one before stays in force: line 3")


def test_what_is_no_mistake_of_the_operator_is_raised_so_that_juju_tries_again(
    context: Context, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise WorkloadError("apt-get update: exit status 100")

    monkeypatch.setattr(machine, "prepare", fail)
    with pytest.raises(testing.errors.UncaughtCharmError, match="apt-get update"):
        context.run(context.on.install(), state())


@pytest.mark.parametrize("event", ["relation_joined", "relation_changed"])
def test_a_worker_gets_a_secret_and_an_invitation(context: Context, machine: Machine, event: str) -> None:
    relation = worker_relation()
    out = context.run(getattr(context.on, event)(relation, remote_unit=0), state(relations={relation}))
    bag = out.get_relation(relation.id).local_app_data
    secret = secret_of(out)
    assert json.loads(bag["workers"]) == {"buildbot-worker-0": secret.id}
    assert (bag["host"], bag["port"]) == ("192.0.2.0", "9989")
    assert secret.remote_grants == {relation.id: {"buildbot-worker/0"}}
    assert secret.rotate == SecretRotate.MONTHLY
    worker = machine.deployed[0][1][0]
    assert (worker.name, worker.builders, worker.max_builds) == ("buildbot-worker-0", ("parallel",), 1)
    assert secret.tracked_content == {"password": worker.password}
    assert out.unit_status == ActiveStatus("1 worker")


def test_no_password_is_in_any_databag(context: Context, machine: Machine) -> None:
    relation, out = joined(context)
    password = machine.deployed[0][1][0].password
    assert len(password) > 30
    assert password not in json.dumps([dict(relation.local_app_data), dict(relation.local_unit_data)])
    assert password not in out.unit_status.message


def test_a_second_visit_changes_nothing(context: Context, machine: Machine) -> None:
    relation, first = joined(context)
    second = context.run(context.on.relation_changed(relation, remote_unit=0), first)
    assert secret_of(second).id == secret_of(first).id
    assert machine.deployed[1] == machine.deployed[0]
    assert second.get_relation(relation.id).local_app_data == relation.local_app_data


def test_each_worker_has_a_secret_that_only_its_unit_may_read(context: Context, machine: Machine) -> None:
    relation = testing.Relation(
        "buildbot",
        remote_app_name="buildbot-worker",
        remote_units_data={
            0: {"name": "buildbot-worker-0", "builders": "parallel"},
            1: {"name": "buildbot-worker-1", "builders": "parallel"},
        },
    )
    out = context.run(context.on.relation_changed(relation, remote_unit=1), state(relations={relation}))
    grants = [secret_of(out, f"buildbot-worker-{n}").remote_grants[relation.id] for n in (0, 1)]
    assert grants == [{"buildbot-worker/0"}, {"buildbot-worker/1"}]
    passwords = {worker.password for worker in machine.deployed[0][1]}
    assert len(passwords) == 2


def test_a_unit_that_says_nothing_yet_is_waited_for(context: Context, machine: Machine) -> None:
    relation = testing.Relation("buildbot", remote_app_name="buildbot-worker", remote_units_data={0: {}})
    out = context.run(context.on.relation_joined(relation, remote_unit=0), state(relations={relation}))
    assert machine.deployed[0][1] == []
    assert list(out.secrets) == []
    assert isinstance(out.unit_status, WaitingStatus)


@pytest.mark.parametrize(
    ("offer", "said"),
    [
        ({"name": "../etc"}, "worker '../etc': a name is"),
        ({"max-builds": "many"}, "offers 'many' builds at a time"),
        ({"builders": "a b$"}, "builder 'b$'"),
    ],
)
def test_an_offer_that_cannot_be_read_is_not_let_in(context: Context, machine: Machine, offer: Any, said: str) -> None:
    relation = worker_relation(**offer)
    out = context.run(context.on.relation_changed(relation, remote_unit=0), state(relations={relation}))
    assert machine.deployed[0][1] == []
    assert isinstance(out.unit_status, BlockedStatus)
    assert out.unit_status.message.startswith("buildbot-worker/0 is not let in: ")
    assert said in out.unit_status.message


def test_two_workers_of_one_name_are_told_apart(context: Context, machine: Machine) -> None:
    one, two = (
        worker_relation(),
        testing.Relation(
            "buildbot",
            remote_app_name="other",
            remote_units_data={0: {"name": "buildbot-worker-0", "builders": "parallel"}},
        ),
    )
    out = context.run(context.on.relation_changed(two, remote_unit=0), state(relations={one, two}))
    assert len(machine.deployed[0][1]) == 1
    assert "there is a worker buildbot-worker-0 already" in out.unit_status.message


def test_builders_that_nobody_serves_are_named(context: Context) -> None:
    relation = worker_relation(builders="parallel,odd")
    config = {**CONFIG, "builders": "parallel,lint"}
    out = context.run(context.on.relation_changed(relation, remote_unit=0), state(relations={relation}, config=config))
    assert out.unit_status == ActiveStatus("1 worker; no worker serves lint; offered but not among the builders: odd")


def test_a_worker_that_departs_is_removed_and_loses_its_secret(context: Context, machine: Machine) -> None:
    relation, before = joined(context)
    empty = dataclasses.replace(relation, remote_units_data={})
    after = dataclasses.replace(before, relations={empty})
    out = context.run(context.on.relation_departed(empty, remote_unit=0, departing_unit=0), after)
    assert machine.deployed[-1][1] == []
    assert json.loads(out.get_relation(relation.id).local_app_data["workers"]) == {}
    assert list(out.secrets) == []
    assert isinstance(out.unit_status, WaitingStatus)


def test_a_broken_relation_takes_its_workers_and_their_secrets(context: Context, machine: Machine) -> None:
    relation, before = joined(context)
    out = context.run(context.on.relation_broken(relation), before)
    assert machine.deployed[-1][1] == []
    assert list(out.secrets) == []


def test_rotation_gives_the_worker_a_new_password(context: Context, machine: Machine) -> None:
    _, before = joined(context)
    old = machine.deployed[0][1][0].password
    out = context.run(context.on.secret_rotate(secret_of(before)), before)
    new = machine.deployed[1][1][0].password
    assert new != old
    assert secret_of(out).latest_content == {"password": new}


def test_another_pace_of_rotation_reaches_the_secrets_that_there_are(context: Context) -> None:
    _, before = joined(context)
    after = dataclasses.replace(before, config={**CONFIG, "password-rotation": "weekly"})
    out = context.run(context.on.config_changed(), after)
    assert secret_of(out).rotate == SecretRotate.WEEKLY


def test_a_revision_that_nobody_uses_is_removed(context: Context) -> None:
    _, before = joined(context)
    context.run(context.on.secret_remove(secret_of(before), revision=3), before)
    assert context.removed_secret_revisions == [3]


def test_a_second_unit_does_no_harm_and_says_so(context: Context, machine: Machine) -> None:
    out = context.run(context.on.config_changed(), state(leader=False))
    assert machine.deployed == []
    assert out.unit_status == BlockedStatus("one master is enough: juju remove-unit buildbot-master/0")


def test_a_master_that_does_not_stay_up_blocks(
    context: Context, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "deploy", lambda *_: None)
    out = context.run(context.on.update_status(), state())
    assert isinstance(out.unit_status, BlockedStatus)
    assert "twistd.log" in out.unit_status.message


def test_stop_stops_and_remove_removes(context: Context, machine: Machine) -> None:
    machine.is_running = True
    context.run(context.on.stop(), state())
    assert (machine.is_running, machine.removed) == (False, False)
    context.run(context.on.remove(), state())
    assert machine.removed


def test_force_build_queues(context: Context, master_charm: Any, machine: Machine) -> None:
    parameters = master_charm.parameters("force-build", builder="parallel", branch="next")
    out = context.run(context.on.action("force-build", params=parameters), state(unit_status=ActiveStatus("1 worker")))
    assert context.action_results == {"request": 41}
    assert machine.forced == [("parallel", "next", "forced by an operator")]
    assert out.unit_status == ActiveStatus("1 worker")


def test_force_build_waits_for_the_result(context: Context, master_charm: Any) -> None:
    parameters = master_charm.parameters("force-build", builder="parallel", wait=True)
    context.run(context.on.action("force-build", params=parameters), state())
    assert context.action_results is not None
    assert (context.action_results["number"], context.action_results["result"]) == (7, "failure")


def test_force_build_fails_with_the_reason(context: Context, master_charm: Any, machine: Machine) -> None:
    machine.unreachable = True
    parameters = master_charm.parameters("force-build", builder="parallel")
    with pytest.raises(testing.ActionFailed, match="connection refused"):
        context.run(context.on.action("force-build", params=parameters), state())


def test_show_last_build(context: Context) -> None:
    context.run(context.on.action("show-last-build", params={"builder": "parallel"}), state())
    assert context.action_results is not None
    assert context.action_results["steps"] == "test: 3 tests"
    with pytest.raises(testing.ActionFailed, match="no build of lint"):
        context.run(context.on.action("show-last-build", params={"builder": "lint"}), state())


def test_get_admin_password(context: Context) -> None:
    context.run(context.on.action("get-admin-password"), state())
    assert context.action_results == {"user": "admin", "password": ADMIN_PASSWORD}
    with pytest.raises(testing.ActionFailed, match="everybody may do everything"):
        context.run(context.on.action("get-admin-password"), state(config={**CONFIG, "admin": ""}))


def test_rotate_passwords_rotates_all(context: Context, machine: Machine) -> None:
    _, before = joined(context)
    old = machine.deployed[0][1][0].password
    out = context.run(context.on.action("rotate-passwords"), before)
    assert context.action_results == {"rotated": 1}
    assert machine.deployed[-1][1][0].password != old
    assert secret_of(out).latest_content == {"password": machine.deployed[-1][1][0].password}
    with pytest.raises(testing.ActionFailed, match="leader"):
        context.run(context.on.action("rotate-passwords"), state(leader=False))
