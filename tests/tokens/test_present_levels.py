"""What a grant is worth when it is used: nothing that has ended since counts, told or not (domain §2)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp import clock
from idp.accounts import account as accounts
from idp.assurance import acr
from idp.db import commit
from idp.proofing import evidence
from idp.tokens import present_levels
from idp.tokens.levels import Levels
from tests.journey.levels import L1, L2, P2
from tests.person import Person
from tests.provider import Provider
from tests.site import decoded
from tests.tokens.test_narrowing import lower

LISTS = st.lists(st.sampled_from([acr.of(level) for level in range(5)]), max_size=4).map(tuple)
SOON = timedelta(seconds=100)
LATER = timedelta(seconds=200)


@given(LISTS, st.integers(0, 4), st.integers(0, 4))
def test_nothing_is_lowered_below_what_was_asked(asked: tuple[str, ...], floor: int, possible: int) -> None:
    left = present_levels.narrowed(Levels(asked=asked, floor=floor), possible)
    if left is None:
        assert possible < floor or (asked and all((acr.find(one) or 0) > possible for one in asked))
    else:
        assert floor <= possible
        assert left.level <= possible
        assert left.acr in asked if asked else left.level == possible


@pytest.fixture
def soon_unproven(either: Provider) -> Person:
    """Somebody whose name is proven for another hundred seconds."""
    person = either.person(evidence=("phone",))
    with either.context():
        evidence.add(accounts.get(person.id), "register", source="test", until=clock.now() + SOON)
        commit()
    return person


def test_evidence_that_runs_out_is_missing_at_the_next_refresh(
    either: Provider, soon_unproven: Person
) -> None:
    site = either.site()
    tokens = site.tokens(soon_unproven)
    assert decoded(tokens.body["id_token"])[1]["acr"] == L2
    with clock.shifted(LATER):
        refreshed = site.refresh(tokens["refresh_token"])
        claims = decoded(refreshed.body["id_token"])[1]
        assert (claims["acr"], claims["ial"]) == (L1, 1)
        assert site.introspect(refreshed["access_token"])["acr"] == L1


def test_what_the_site_needs_is_refused_rather_than_lowered(either: Provider, soon_unproven: Person) -> None:
    site = either.site()
    tokens = site.tokens(soon_unproven, acr_values=L2)
    with clock.shifted(LATER):
        assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"
        refused = site.userinfo(tokens["access_token"])
    assert refused.status_code == 401
    # RFC 9470 §3.
    assert 'error="insufficient_user_authentication"' in refused.headers["WWW-Authenticate"]
    assert f'acr_values="{L2}"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("asks", "error"), [({}, None), ({"acr_values": L2}, "invalid_grant")])
def test_a_level_that_fell_before_the_code_was_redeemed(
    either: Provider, asks: dict[str, Any], error: str | None
) -> None:
    """There was no grant to narrow yet when the worker heard of it."""
    site, person = either.site(), either.person(evidence=P2)
    code = site.code(person, **asks)
    lower(either, person, "register")
    made = site.redeem(code)
    assert made.error == error
    if error is None:
        assert decoded(made.body["id_token"])[1]["acr"] == L1
