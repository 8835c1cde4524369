"""What a new policy would move: exactly what happens when it is applied, and nothing is held in memory for it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest

from idp import clock, level_simulation
from idp.accounts import account as accounts
from idp.accounts.account import FROZEN
from idp.assurance import evidence, policy_file
from idp.assurance.evidence import Evidence
from idp.assurance.policy import Floors, Policy
from idp.authenticators import enrolled
from idp.db import commit, db
from idp.level_policy import current, packaged
from idp.level_simulation import Move, SiteEffect
from tests.provider import NewProvider, Provider, counted

OLD = packaged.policy()


def changed(before: str, after: str) -> Policy:
    assert before in packaged.text()
    return policy_file.parse(packaged.text().replace(before, after))


# What the operator alone is worth falls to the level of a phone.
STRICTER = changed('level = 2\nevidence = ["operator3"]', 'level = 1\nevidence = ["operator3"]')


def proven(provider: Provider, *codes: str, totp: bool = True, kind: str = "citizen") -> UUID:
    """An account with this evidence, a password, a phone and perhaps an app."""
    person = provider.person(totp=totp)
    with provider.context():
        account = accounts.get(person.id)
        account.kind = kind
        account.standing = evidence.to_standing(Evidence(code, clock.now()) for code in codes)
        commit()
    return person.id


@pytest.fixture
def fresh(new_provider: NewProvider) -> Iterator[Provider]:
    """A provider of one's own, whose accounts can be counted."""
    made = new_provider()
    with made.context():
        yield made


def test_nothing_changes_under_the_same_policy(fresh: Provider) -> None:
    proven(fresh, "phone", "register")
    result = level_simulation.simulate(OLD)
    assert (result.accounts, result.moves, result.lowered, result.raised) == (1, [], 0, 0)
    assert result.complete


def test_accounts_are_counted_by_kind_from_level_to_level(fresh: Provider) -> None:
    for _ in range(3):
        proven(fresh, "operator3")
    proven(fresh, "operator3", "chip")
    proven(fresh, "enterprise_typed", kind="enterprise")
    proven(fresh, "appointment", kind="official")
    result = level_simulation.simulate(STRICTER)
    assert result.moves == [Move("citizen", 2, 1, 3)]
    assert (result.accounts, result.lowered, result.raised) == (6, 3, 0)
    assert result.table["citizen", 3, 3] == 1
    assert result.table["enterprise", 1, 1] == 1
    # An official's SMS counts nothing: password and app are A2, which is L3.
    assert result.table["official", 3, 3] == 1


def test_what_an_account_can_show_caps_its_level(fresh: Provider) -> None:
    proven(fresh, "counter", totp=False)
    proven(fresh, "counter", totp=True)
    # Password and SMS: without them counting, one of the two is left with one factor.
    no_sms = changed('not_for = ["official"]', 'not_for = ["official", "citizen"]')
    result = level_simulation.simulate(no_sms)
    assert result.moves == [Move("citizen", 3, 2, 1)]


def test_a_shorter_life_of_evidence_shows(fresh: Provider) -> None:
    with clock.shifted(timedelta(days=-400)):
        proven(fresh, "register")
    proven(fresh, "register")
    short = replace(
        OLD,
        evidence=MappingProxyType(
            dict(OLD.evidence) | {"register": replace(OLD.evidence["register"], days=365)}
        ),
    )
    assert level_simulation.simulate(short).moves == [Move("citizen", 2, 0, 1)]


def test_accounts_that_are_frozen_do_not_count(fresh: Provider) -> None:
    account = accounts.get(proven(fresh, "operator3"))
    account.status = FROZEN
    commit()
    assert level_simulation.simulate(STRICTER).accounts == 0


def test_sites_learn_how_many_they_lose(fresh: Provider) -> None:
    for _ in range(2):
        proven(fresh, "operator3")
    proven(fresh, "phone", "network_id")
    proven(fresh, "enterprise_register", kind="enterprise")
    asks_two = fresh.site(default_acr_values=["urn:tongxing:loa:2", "urn:tongxing:loa:3"])
    enterprises = fresh.site(default_acr_values=["urn:tongxing:loa:2"], acting_as=["enterprise"])
    anybody = fresh.site()
    result = level_simulation.simulate(STRICTER)
    assert [(site.client_id, site.reach_before, site.reach_after, site.lost) for site in result.sites] == [
        (asks_two.id, 3, 1, 2)
    ]
    assert result.sites_unchanged == 2
    assert {enterprises.id, anybody.id}.isdisjoint({site.client_id for site in result.sites})


def test_a_new_floor_of_a_scope_shows_at_the_sites_that_registered_it(fresh: Provider) -> None:
    proven(fresh, "phone")
    proven(fresh, "chip")
    site = fresh.site(scope="openid profile")
    floors = Floors(scopes=MappingProxyType({"profile": 3}), items=OLD.floors.items, acts=OLD.floors.acts)
    (effect,) = level_simulation.simulate(replace(OLD, floors=floors)).sites
    name = site.rp.client_name.default
    assert effect == SiteEffect(site.id, name, 0, 3, reach_before=2, reach_after=1, lost=1, gained=0)


def test_batches_cover_every_account_once(fresh: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(7):
        proven(fresh, "operator3", totp=False)
    told: list[int] = []
    monkeypatch.setattr(level_simulation, "BATCH", 3)
    result = level_simulation.simulate(STRICTER, progress=told.append)
    assert (result.accounts, result.lowered) == (7, 7)
    assert told == [3, 6, 7]
    part = level_simulation.simulate(STRICTER, most=4)
    assert (part.accounts, part.complete) == (6, False)


def test_the_number_of_statements_follows_batches_and_not_accounts(fresh: Provider) -> None:
    def statements() -> int:
        with counted(fresh.app) as counts:
            level_simulation.simulate(STRICTER)
        return len(counts.statements)

    proven(fresh, "operator3")
    current.get()
    one = statements()
    for _ in range(6):
        proven(fresh, "operator3")
    assert statements() == one


def test_nobody_waits_for_the_scan(fresh: Provider) -> None:
    """On SQLite an open transaction would keep every writer out."""
    proven(fresh, "operator3")
    open_transactions: list[bool] = []
    level_simulation.simulate(
        STRICTER, progress=lambda _count: open_transactions.append(db.session().in_transaction())
    )
    assert open_transactions == [False]
    assert not db.session().in_transaction()


def test_the_result_is_plain_values(fresh: Provider) -> None:
    proven(fresh, "operator3")
    content: dict[str, Any] = level_simulation.simulate(STRICTER).as_json()
    assert content["moves"] == [{"kind": "citizen", "before": 2, "after": 1, "accounts": 1}]
    assert content["accounts"] == content["lowered"] == 1
    assert content["relying_parties"] == []


def test_what_accounts_can_show_is_the_same_for_many_as_for_one(either: Provider) -> None:
    people = sorted([either.person(totp=bool(number % 2)).id for number in range(4)])
    with either.context():
        found = enrolled.between(level_simulation.FIRST, people[-1])
        for person in people:
            assert found[person] == enrolled.of(person)
        assert people[0] not in enrolled.between(people[0], people[-1])
        assert set(people[1:]) <= enrolled.between(people[0], people[-1]).keys()
