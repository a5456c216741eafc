#!/usr/bin/env python3
"""Charm of a Buildbot master: what knows Juju. The work is done by buildbot_master."""

from __future__ import annotations

import logging
import os
from typing import Any

import ops

from buildbot_common.errors import UsageError, WorkloadError
from buildbot_common.names import split_names
from buildbot_common.proxies import take_from_juju
from guests import RELATION, Guests
from master_client import Build
from master_settings import JoinedWorker, Settings, parse_builders
from master_unit import MasterUnit

logger = logging.getLogger(__name__)
BUILD_SECONDS = 3600  # an operator who waits longer looks at the web pages


class BuildbotMasterCharm(ops.CharmBase):
    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        take_from_juju(os.environ)
        self._unit = MasterUnit(self.charm_dir)
        self._workers: list[JoinedWorker] = []
        self._reconciled = False
        self._problem = ""
        self._complaints: list[str] = []
        self._observe_changes()
        framework.observe(self.on[RELATION].relation_broken, self._on_relation_broken)
        framework.observe(self.on.secret_rotate, self._on_secret_rotate)
        framework.observe(self.on.secret_remove, self._on_secret_remove)
        framework.observe(self.on.stop, self._on_stop)
        framework.observe(self.on.remove, self._on_remove)
        framework.observe(self.on.collect_unit_status, self._on_collect_unit_status)
        framework.observe(self.on.force_build_action, self._on_force_build)
        framework.observe(self.on.show_last_build_action, self._on_show_last_build)
        framework.observe(self.on.get_admin_password_action, self._on_get_admin_password)
        framework.observe(self.on.rotate_passwords_action, self._on_rotate_passwords)

    def _observe_changes(self) -> None:
        relation = self.on[RELATION]
        for event in (
            self.on.install,
            self.on.upgrade_charm,
            self.on.start,
            self.on.leader_elected,
            self.on.config_changed,
            self.on.update_status,
            relation.relation_joined,
            relation.relation_changed,
            relation.relation_departed,
        ):
            self.framework.observe(event, self._on_change)

    def _on_change(self, _: ops.EventBase) -> None:
        self._reconcile(self._guests())

    def _on_relation_broken(self, event: ops.RelationBrokenEvent) -> None:
        guests = self._guests()
        if self.unit.is_leader():
            guests.see_off(event.relation)
        self._reconcile(guests)

    def _reconcile(self, guests: Guests) -> None:
        """Makes the machine and the relations be what configuration and workers ask for, whatever has happened.

        What the operator got wrong becomes the unit's status. Everything else is raised, and Juju tries again.
        """
        self._reconciled = True
        master = self._unit.prepare()
        if not self.unit.is_leader():
            return
        self._workers = guests.receive(int(self.config["worker-port"]))
        self._complaints = guests.complaints
        try:
            settings = self._settings()
            master.deploy(settings, self._workers, str(self.config["master-cfg"]) or None)
        except UsageError as error:
            logger.error("%s", error)
            self._problem = str(error)
            return
        self.unit.set_ports(settings.www_port, settings.worker_port)
        self.unit.set_workload_version(self._unit.version())

    def _guests(self) -> Guests:
        try:
            rotation = ops.SecretRotate(str(self.config["password-rotation"]))
        except ValueError:
            rotation = ops.SecretRotate.NEVER
            choices = ", ".join(policy.value for policy in ops.SecretRotate)
            self._problem = f"password-rotation: one of {choices}"
        return Guests(self, rotation)

    def _settings(self) -> Settings:
        config = self.config
        if not config["repository"]:
            raise UsageError(f"which repository? (hint: juju config {self.app.name} repository=URL)")
        return Settings(
            repository=str(config["repository"]),
            url=str(config["url"]) or f"http://{self._address()}:{config['www-port']}/",
            www_interface="0.0.0.0",
            www_port=int(config["www-port"]),
            worker_interface="0.0.0.0",
            worker_port=int(config["worker-port"]),
            builders=parse_builders(str(config["builders"])),
            branches=tuple(split_names(str(config["branches"]))),
            poll_seconds=int(config["poll-seconds"]),
            settle_seconds=int(config["settle-seconds"]),
            build_command=str(config["build-command"]),
            title=str(config["title"]),
            admin=str(config["admin"]),
        )

    def _address(self) -> str:
        binding = self.model.get_binding("juju-info")
        return str(binding.network.ingress_address) if binding else "127.0.0.1"

    def _on_secret_rotate(self, event: ops.SecretRotateEvent) -> None:
        guests = self._guests()
        guests.renew(event.secret)
        self._reconcile(guests)

    def _on_secret_remove(self, event: ops.SecretRemoveEvent) -> None:
        """No worker uses that revision any more."""
        event.secret.remove_revision(event.revision)

    def _on_stop(self, _: ops.StopEvent) -> None:
        self._unit.master().stop()

    def _on_remove(self, _: ops.RemoveEvent) -> None:
        self._unit.remove()

    def _on_collect_unit_status(self, event: ops.CollectStatusEvent) -> None:
        """After an action nothing was looked at, and the status stays."""
        if not self._reconciled:
            return
        if not self.unit.is_leader():
            event.add_status(ops.BlockedStatus(f"one master is enough: juju remove-unit {self.unit.name}"))
        elif self._problem:
            event.add_status(ops.BlockedStatus(first_line(self._problem)))
        elif not self._unit.master().is_running:
            event.add_status(
                ops.BlockedStatus("the master does not run: see /var/lib/buildbot/master/master/twistd.log")
            )
        elif self._complaints:
            event.add_status(ops.BlockedStatus(first_line(self._complaints[0])))
        elif not self._workers:
            event.add_status(ops.WaitingStatus(f"for a worker: juju integrate {self.app.name} buildbot-worker"))
        else:
            event.add_status(ops.ActiveStatus(self._summary()))

    def _summary(self) -> str:
        """Builders that nobody serves are no error: their builds wait."""
        wanted = {builder.name for builder in parse_builders(str(self.config["builders"]))}
        served = {name for worker in self._workers for name in worker.builders}
        text = f"{len(self._workers)} {'worker' if len(self._workers) == 1 else 'workers'}"
        if wanted - served:
            text += f"; no worker serves {', '.join(sorted(wanted - served))}"
        if served - wanted:
            text += f"; offered but not among the builders: {', '.join(sorted(served - wanted))}"
        return text

    def _on_force_build(self, event: ops.ActionEvent) -> None:
        parameters = event.params
        try:
            client = self._unit.client(self._settings())
            request = client.force(parameters["builder"], parameters["branch"], parameters["reason"])
            if not parameters["wait"]:
                event.set_results({"request": request})
                return
            event.log(f"build request {request} of {parameters['builder']} is queued")
            event.set_results(described(client.wait(request, BUILD_SECONDS)))
        except WorkloadError as error:
            event.fail(str(error))

    def _on_show_last_build(self, event: ops.ActionEvent) -> None:
        try:
            event.set_results(described(self._unit.client(self._settings()).last_build(event.params["builder"])))
        except WorkloadError as error:
            event.fail(str(error))

    def _on_get_admin_password(self, event: ops.ActionEvent) -> None:
        if not self.config["admin"]:
            event.fail(f"everybody may do everything (hint: juju config {self.app.name} admin=NAME)")
            return
        event.set_results({"user": self.config["admin"], "password": self._unit.master().admin_password()})

    def _on_rotate_passwords(self, event: ops.ActionEvent) -> None:
        if not self.unit.is_leader():
            event.fail("passwords are the leader's (hint: run it on the leader)")
            return
        guests = self._guests()
        owned = list(guests.secrets())
        for secret in owned:
            guests.renew(secret)
        self._reconcile(guests)
        event.set_results({"rotated": len(owned)})


def described(build: Build) -> dict[str, Any]:
    return {
        "builder": build.builder,
        "number": build.number,
        "result": build.result or "running",
        "state": build.state,
        "url": build.url,
        "steps": "\n".join(build.steps),
    }


def first_line(text: str) -> str:
    """A status is one line; the whole text is in the unit's log."""
    return text.splitlines()[0]


if __name__ == "__main__":
    ops.main(BuildbotMasterCharm)
