"""What follows from what a register reports."""

import pytest

from idp.accounts import account as accounts
from idp.db import commit, db
from idp.mandates import mandate as mandates
from idp.mandates.rules import REPRESENTATIVE
from idp.proofing import evidence, register_change
from tests.proofing.watched import Watched, codes, events, fresh, messages, watched

__all__ = ["watched"]

ALL_CODES = ("self", "phone", "register", "operator3", "bank4", "network_id", "chip", "counter")


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ("deceased", set()),
        ("cancelled", {"self", "phone"}),
        ("card_lost", {"self", "phone", "operator3", "bank4", "network_id"}),
        ("name_changed", {"self", "phone", "network_id"}),
        ("restored", set(ALL_CODES)),
        ("dissolved", set(ALL_CODES)),
        ("nonsense", set(ALL_CODES)),
    ],
)
def test_what_is_left_of_a_persons_evidence(watched: Watched, change: str, left: set[str]) -> None:
    account_id = watched.add(watched.citizens(1)[0], ALL_CODES)
    before = messages(evidence.STANDING_CHANGED, account_id)
    did = register_change.apply(accounts.get(account_id), change, source="population")
    commit()
    assert codes(account_id) == left
    assert did == (left != set(ALL_CODES))
    assert (messages(evidence.STANDING_CHANGED, account_id) > before) == did
    assert len(events("register.changed", account_id)) == did
    assert not register_change.apply(accounts.get(account_id), change, source="population"), (
        "again does no harm"
    )
    commit()
    assert len(events("register.changed", account_id)) == did


def test_the_account_of_the_dead_is_frozen_whatever_was_proven(watched: Watched) -> None:
    account_id = watched.add(watched.citizens(1)[0], ())
    assert register_change.apply(accounts.get(account_id), "deceased", source="population")
    commit()
    assert fresh(account_id).status == accounts.FROZEN
    assert messages(evidence.STANDING_CHANGED, account_id) == 1
    assert len(events("account.frozen", account_id)) == 1


@pytest.mark.parametrize(
    ("change", "left", "mandates_left"),
    [
        ("new_representative", {"enterprise_register"}, 0),
        ("dissolved", set(), 0),
        ("revoked", set(), 0),
        ("name_changed", set(), 1),
        ("deceased", {"enterprise_register", "representative"}, 1),
    ],
)
def test_what_is_left_of_an_enterprise(
    watched: Watched, change: str, left: set[str], mandates_left: int
) -> None:
    enterprise_id, _ = watched.add_enterprise(watched.registry.enterprises()[0])
    register_change.apply(accounts.get(enterprise_id), change, source="enterprise")
    commit()
    assert codes(enterprise_id) == left
    assert len(mandates.with_role(enterprise_id, [REPRESENTATIVE])) == mandates_left


def test_who_dies_acts_for_nobody(watched: Watched) -> None:
    enterprise_id, holder_id = watched.add_enterprise(watched.registry.enterprises()[0])
    register_change.apply(accounts.get(holder_id), "deceased", source="population")
    commit()
    assert mandates.with_role(enterprise_id, [REPRESENTATIVE]) == []


def test_nothing_of_a_change_stands_alone(watched: Watched) -> None:
    account_id = watched.add(watched.citizens(1)[0])
    register_change.apply(accounts.get(account_id), "deceased", source="population")
    db.session.rollback()
    assert fresh(account_id).status == accounts.ACTIVE
    assert codes(account_id) == {"phone", "register", "operator3", "bank4"}
    assert events("register.changed", account_id) == []
