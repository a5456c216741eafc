#!/usr/bin/env python3
"""Charm of a Buildbot worker: what knows Juju. The work is done by buildbot_worker and sharder_host."""

from __future__ import annotations

import logging
import os
import shlex
from pathlib import Path

import ops

from buildbot_common.errors import UsageError, WorkloadError
from buildbot_common.names import check_name, split_names
from buildbot_common.proxies import take_from_juju
from buildbot_common.relation import PASSWORD, Invitation, Offer
from buildbot_worker import Connection, Join
from sharder_host import Base
from worker_unit import Wishes, WorkerUnit

logger = logging.getLogger(__name__)
RELATION = "master"
SECRET_LABEL = "worker-password"
RESOURCE = "sharder"
NO_PACKAGE = "there is no sharder (hint: juju attach-resource"
OUTPUT_LIMIT = 30_000  # characters
LOG = "/var/lib/buildbot/worker/worker/twistd.log"
STATUS_OF = {
    Connection.JOINED: None,
    Connection.REFUSED: ops.WaitingStatus("for the master to know this worker's password"),
    Connection.LOST: ops.WaitingStatus("for the master: the connection was lost, and is tried again"),
    Connection.FAILED: ops.WaitingStatus(f"for the master: it cannot be reached; see {LOG}"),
    Connection.ENDED: ops.WaitingStatus("for the worker to start again"),
    Connection.TRYING: ops.WaitingStatus("for the master to answer"),
}


class BuildbotWorkerCharm(ops.CharmBase):
    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        take_from_juju(os.environ)
        self._unit = WorkerUnit()
        self._status: ops.StatusBase | None = None
        self._observe_changes()
        framework.observe(self.on.stop, self._on_stop)
        framework.observe(self.on.remove, self._on_remove)
        framework.observe(self.on.collect_unit_status, self._on_collect_unit_status)
        framework.observe(self.on.run_tests_action, self._on_run_tests)
        framework.observe(self.on.doctor_action, self._on_doctor)
        framework.observe(self.on.clean_action, self._on_clean)
        framework.observe(self.on.refresh_base_action, self._on_refresh_base)

    def _observe_changes(self) -> None:
        relation = self.on[RELATION]
        for event in (
            self.on.install,
            self.on.upgrade_charm,
            self.on.start,
            self.on.config_changed,
            self.on.update_status,
            self.on.secret_changed,
            relation.relation_created,
            relation.relation_joined,
            relation.relation_changed,
            relation.relation_departed,
            relation.relation_broken,
        ):
            self.framework.observe(event, self._on_change)

    def _on_change(self, _: ops.EventBase) -> None:
        """Makes the machine be what configuration and master ask for, whatever has happened.

        What the operator got wrong becomes the unit's status. Everything else is raised, and Juju tries again.
        """
        try:
            self._status = self._reconcile(self._wishes(), self._offer())
        except UsageError as error:
            logger.error("%s", error)
            self._status = ops.BlockedStatus(first_line(str(error)))

    def _reconcile(self, wishes: Wishes, offer: Offer) -> ops.StatusBase:
        fit, diagnosis = self._unit.prepare(wishes)
        self.unit.set_workload_version(self._unit.host(wishes).version)
        join = self._join(offer)
        if join is None:
            self._unit.worker(wishes).leave()
        if not fit:
            logger.error("%s", diagnosis)
            return ops.BlockedStatus(f"this machine cannot run clones: juju run {self.unit.name} doctor")
        if not self._relation:
            return ops.BlockedStatus(f"no master: juju integrate {self.app.name} buildbot-master")
        self._relation.data[self.unit].update(offer.to_databag())
        if join is None:
            return ops.WaitingStatus("for the master's invitation")
        worker = self._unit.deploy(wishes, join)
        if not worker.is_running:
            return ops.BlockedStatus(f"the worker does not run: see {LOG}")
        return STATUS_OF[worker.connection()] or ops.ActiveStatus(f"serves {', '.join(offer.builders)}")

    @property
    def _relation(self) -> ops.Relation | None:
        """One that is just breaking is none any more."""
        return self.model.get_relation(RELATION)

    def _wishes(self) -> Wishes:
        config = self.config
        base = Base(str(config["base"]), str(config["base-release"]), tuple(split_names(str(config["base-packages"]))))
        if int(config["containers"]) < 0:
            raise UsageError("containers: a number from 0; 0 lets sharder decide")
        return Wishes(
            package=self._package(),
            user=str(config["user"]),
            base=base,
            bridge=bool(config["bridge"]),
            containers=int(config["containers"]),
            extra_packages=tuple(split_names(str(config["packages"]))),
        )

    def _package(self) -> Path:
        """A charm from Charmhub comes with an empty file where the operator brings his own."""
        try:
            package = Path(self.model.resources.fetch(RESOURCE))
        except (ops.ModelError, NameError) as error:
            raise UsageError(f"{NO_PACKAGE} {self.app.name} {RESOURCE}=FILE.deb)") from error
        if package.stat().st_size == 0:
            raise UsageError(f"{NO_PACKAGE} {self.app.name} {RESOURCE}=FILE.deb)")
        return package

    def _offer(self) -> Offer:
        builders = tuple(check_name(name, "builder") for name in split_names(str(self.config["builders"])))
        if not builders:
            raise UsageError("builders: at least one is needed, for instance parallel")
        if int(self.config["max-builds"]) < 1:
            raise UsageError("max-builds: a number from 1")
        return Offer(self.unit.name.replace("/", "-"), builders, int(self.config["max-builds"]))

    def _join(self, offer: Offer) -> Join | None:
        """None until the master has let this worker in."""
        relation = self._relation
        if relation is None or relation.app is None:
            return None
        invitation = Invitation.from_databag(relation.data[relation.app])
        if invitation is None or offer.name not in invitation.secret_ids:
            return None
        try:
            secret = self.model.get_secret(id=invitation.secret_ids[offer.name], label=SECRET_LABEL)
            password = secret.get_content(refresh=True)[PASSWORD]
        except ops.SecretNotFoundError:
            logger.info("the master named a secret that this unit may not read yet")
            return None
        return Join(invitation.host, invitation.port, offer.name, password)

    def _on_stop(self, _: ops.StopEvent) -> None:
        self._unit.leave()

    def _on_remove(self, _: ops.RemoveEvent) -> None:
        self._unit.remove(str(self.config["base"]))

    def _on_collect_unit_status(self, event: ops.CollectStatusEvent) -> None:
        """After an action nothing was looked at, and the status stays."""
        if self._status is not None:
            event.add_status(self._status)

    def _on_run_tests(self, event: ops.ActionEvent) -> None:
        parameters = event.params
        try:
            arguments = shlex.split(parameters["arguments"])
            status, said = self._unit.run_tests(
                self._wishes(), parameters["repository"], parameters["branch"], arguments
            )
        except (WorkloadError, ValueError) as error:
            event.fail(str(error))
            return
        event.set_results({"exit-status": status, "output": tail(said)})
        if status:
            event.fail(f"sharder ended with status {status}: see output")

    def _on_doctor(self, event: ops.ActionEvent) -> None:
        try:
            wishes = self._wishes()
            fit, diagnosis = self._unit.host(wishes).doctor(wishes.base)
        except WorkloadError as error:
            event.fail(str(error))
            return
        event.set_results({"output": tail(diagnosis)})
        if not fit:
            event.fail("this machine cannot run clones: see output")

    def _on_clean(self, event: ops.ActionEvent) -> None:
        try:
            event.set_results({"output": tail(self._unit.host(self._wishes()).clean())})
        except WorkloadError as error:
            event.fail(str(error))

    def _on_refresh_base(self, event: ops.ActionEvent) -> None:
        try:
            wishes = self._wishes()
            event.set_results({"output": tail(self._unit.host(wishes).refresh_base(wishes.base))})
        except WorkloadError as error:
            event.fail(str(error))


def tail(text: str) -> str:
    """What an action may return is bounded by Juju; the end of a run's output is its summary."""
    return text[-OUTPUT_LIMIT:]


def first_line(text: str) -> str:
    """A status is one line; the whole text is in the unit's log."""
    return text.splitlines()[0]


if __name__ == "__main__":
    ops.main(BuildbotWorkerCharm)
