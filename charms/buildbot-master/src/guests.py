"""Workers that join over the relation: who they are, the secret of each, and what they are told."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import ops

from buildbot_common.errors import UsageError
from buildbot_common.relation import PASSWORD, Invitation, Offer
from master_settings import JoinedWorker

logger = logging.getLogger(__name__)
RELATION = "buildbot"


@dataclass(frozen=True)
class Guest:
    """A unit that offers itself as a worker."""

    relation: ops.Relation
    unit: ops.Unit
    offer: Offer

    @property
    def label(self) -> str:
        return f"worker-{self.offer.name}"


class Guests:
    """Only for the leader: secrets and the application's databag are his."""

    def __init__(self, charm: ops.CharmBase, rotation: ops.SecretRotate) -> None:
        self._model = charm.model
        self._app = charm.app
        self._rotation = rotation
        # Of this hook: whether Juju shows them before its end is Juju's matter.
        self._new_passwords: dict[str, str] = {}
        self.complaints: list[str] = []

    def receive(self, port: int) -> list[JoinedWorker]:
        """Each guest gets a secret and each relation an invitation; who is gone loses his secret."""
        joined: list[JoinedWorker] = []
        for relation in self._model.relations[RELATION]:
            secret_ids = {}
            for guest in self._of(relation, {worker.name for worker in joined}):
                secret_ids[guest.offer.name], password = self._admit(guest)
                joined.append(JoinedWorker(guest.offer.name, password, guest.offer.builders, guest.offer.max_builds))
            self._forget(relation, keep=set(secret_ids))
            invitation = Invitation(self._address(relation), port, secret_ids)
            relation.data[self._app].update(invitation.to_databag())
        return joined

    def see_off(self, relation: ops.Relation) -> None:
        """For a relation that is breaking, which the model does not list any more."""
        self._forget(relation, keep=set())

    def renew(self, secret: ops.Secret) -> None:
        """The worker hears of it by secret-changed."""
        password = new_password()
        secret.set_content({PASSWORD: password})
        if secret.label:
            self._new_passwords[secret.label] = password

    def secrets(self) -> Iterator[ops.Secret]:
        for relation in self._model.relations[RELATION]:
            for name, secret_id in self._invited(relation).items():
                yield self._model.get_secret(id=secret_id, label=f"worker-{name}")

    def _of(self, relation: ops.Relation, taken: set[str]) -> Iterator[Guest]:
        """Whose offer cannot be read, or whose name somebody else has, is not let in, and the status says so."""
        for unit in sorted(relation.units, key=lambda unit: unit.name):
            try:
                offer = Offer.from_databag(relation.data[unit])
                if offer is None:
                    continue
                if offer.name in taken:
                    raise UsageError(f"there is a worker {offer.name} already")
            except UsageError as error:
                self.complaints.append(f"{unit.name} is not let in: {error}")
                continue
            taken.add(offer.name)
            yield Guest(relation, unit, offer)

    def _admit(self, guest: Guest) -> tuple[str, str]:
        """Id and content of the guest's secret, which is made at his first visit."""
        try:
            secret = self._model.get_secret(label=guest.label)
            password = self._new_passwords.get(guest.label) or secret.peek_content()[PASSWORD]
            if secret.get_info().rotation is not self._rotation:
                secret.set_info(rotate=self._rotation)
        except ops.SecretNotFoundError:
            password = new_password()
            secret = self._app.add_secret({PASSWORD: password}, label=guest.label, rotate=self._rotation)
        secret.grant(guest.relation, unit=guest.unit)
        return str(secret.id or secret.get_info().id), password

    def _forget(self, relation: ops.Relation, keep: set[str]) -> None:
        for name, secret_id in self._invited(relation).items():
            if name in keep:
                continue
            try:
                self._model.get_secret(id=secret_id).remove_all_revisions()
            except ops.SecretNotFoundError:
                logger.info("the secret of worker %s is gone already", name)

    def _invited(self, relation: ops.Relation) -> dict[str, str]:
        invitation = Invitation.from_databag(relation.data[self._app])
        return dict(invitation.secret_ids) if invitation else {}

    def _address(self, relation: ops.Relation) -> str:
        binding = self._model.get_binding(relation)
        return str(binding.network.ingress_address) if binding else ""


def new_password() -> str:
    return secrets.token_urlsafe(32)
