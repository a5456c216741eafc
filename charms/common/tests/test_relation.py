import json

import pytest

from buildbot_common.errors import UsageError
from buildbot_common.names import check_name, split_names
from buildbot_common.relation import Invitation, Offer


def test_an_offer_arrives_as_it_was_sent() -> None:
    offer = Offer("buildbot-worker-0", ("parallel", "lint"), 2)
    assert Offer.from_databag(offer.to_databag()) == offer


def test_an_invitation_arrives_as_it_was_sent() -> None:
    invitation = Invitation("10.0.0.7", 9989, {"buildbot-worker-0": "secret:abc"})
    assert Invitation.from_databag(invitation.to_databag()) == invitation


def test_the_databags_are_as_documented() -> None:
    assert Offer("w", ("a", "b")).to_databag() == {"name": "w", "builders": "a,b", "max-builds": "1"}
    bag = Invitation("h", 9989, {"w": "secret:x"}).to_databag()
    assert (bag["host"], bag["port"], json.loads(bag["workers"])) == ("h", "9989", {"w": "secret:x"})


def test_who_has_not_written_yet_has_said_nothing() -> None:
    assert Offer.from_databag({}) is None
    assert Invitation.from_databag({"host": "h"}) is None


@pytest.mark.parametrize("bag", [{"max-builds": "0"}, {"max-builds": "x"}, {"builders": "a/b"}, {"name": ".."}])
def test_what_cannot_be_meant_is_refused(bag: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        Offer.from_databag({"name": "w", **bag})


@pytest.mark.parametrize("workers", ["[1]", "{", "null"])
def test_an_unreadable_invitation_is_refused(workers: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        Invitation.from_databag({"host": "h", "port": "1", "workers": workers})


def test_names() -> None:
    assert check_name("lint-3.11_x", "builder") == "lint-3.11_x"
    for wrong in ("", "-x", "a b", "a/b", "x" * 51, "a\n"):
        with pytest.raises(UsageError):
            check_name(wrong, "builder")
    assert split_names(" a, b\nc,,d ") == ["a", "b", "c", "d"]
