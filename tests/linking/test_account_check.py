"""Questions to an older system: signed, once, of what was typed only; and whatever it answers, no 500 and no wait."""

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from idp import clock
from idp.circuit_breaker import FAILURES
from idp.db import commit
from idp.errors import IdpError, InvalidInput, TooMany, Unavailable
from idp.keys.keyring import KEYRING
from idp.linking import account_check
from idp.linking.account_check import Typed
from tests.linking import older_system
from tests.linking.older_system import ANSWER, CARD, LEGACY_ID, OlderSystem
from tests.provider import Provider
from tests.site import Site

RIGHT = Typed(CARD, ANSWER)


@pytest.fixture
def system() -> Iterator[OlderSystem]:
    with older_system.opened() as opened:
        yield opened


@pytest.fixture
def site(either: Provider, system: OlderSystem) -> Site:
    return older_system.site(either, system)


def ask(provider: Provider, site: Site, typed: Typed = RIGHT) -> str:
    with provider.context():
        try:
            found = account_check.ask(site.rp, typed, uuid4())
        except IdpError as error:
            return error.code
        finally:
            commit()
        return found


def test_what_matches_finds_the_older_account(either: Provider, site: Site, system: OlderSystem) -> None:
    assert ask(either, site) == LEGACY_ID
    body, content_type = system.asked[-1]
    assert content_type == account_check.MIMETYPE
    with either.context():
        claims = KEYRING.get().verify(body, typ=account_check.TYP)
    assert claims == system.claims()
    assert claims.keys() == {"iss", "aud", "iat", "exp", "jti", "account", "answer"}, (
        "and nothing of the person"
    )
    assert (claims["iss"], claims["aud"]) == (either.settings.issuer, site.id)
    assert 0 < claims["exp"] - clock.timestamp() <= 60
    ask(either, site)
    assert system.claims()["jti"] != claims["jti"]


def test_what_does_not_match_finds_nothing(either: Provider, site: Site) -> None:
    assert ask(either, site, Typed(CARD, "000")) == "account_check_failed"
    assert ask(either, site, Typed("33010008", ANSWER)) == "account_check_failed"


def test_an_older_account_is_not_guessed_from_many_accounts_of_ours(
    either: Provider, site: Site, system: OlderSystem
) -> None:
    for number in range(account_check.WRONG_A_DAY):
        assert ask(either, site, Typed(CARD, f"{number}")) == "account_check_failed"
    before = len(system.asked)
    with either.context(), pytest.raises(TooMany):
        account_check.ask(site.rp, RIGHT, uuid4())
    assert len(system.asked) == before
    assert ask(either, site, Typed("33010009", "1")) == "account_check_failed", "only that one"


@pytest.mark.parametrize(
    ("manner", "code"),
    [
        *((manner, "account_check_away") for manner in ("500", "503", "429", "huge")),
        *((manner, "account_check_invalid") for manner in ("302", "204", "400", "no JSON", "deep")),
        *((manner, "account_check_invalid") for manner in ("a list", "a number", "nothing")),
        *((manner, "account_check_invalid") for manner in ("an empty id", "a long id", "a broken id")),
    ],
)
def test_whatever_it_answers_is_told_apart(
    either: Provider, site: Site, system: OlderSystem, manner: str, code: str
) -> None:
    system.manner = manner
    assert ask(either, site) == code
    assert len(system.asked) == 1, "no redirect is followed, nothing is asked twice"


def test_a_slow_system_holds_nobody_for_long(
    either: Provider, site: Site, system: OlderSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.manner = "slow"
    monkeypatch.setattr(account_check, "SECONDS", 0.3)
    begun = time.monotonic()
    assert ask(either, site) == "account_check_away"
    assert time.monotonic() - begun < 2


def test_a_system_that_is_gone_is_away(either: Provider) -> None:
    with older_system.opened() as system:
        site = older_system.site(either, system)
    with either.context(), pytest.raises(Unavailable) as refused:
        account_check.ask(site.rp, RIGHT, uuid4())
    assert refused.value.retry_after


@pytest.mark.parametrize(
    ("account", "answer", "field"),
    [
        ("", "1", "account"),
        ("  ", "1", "account"),
        ("1", "", "answer"),
        ("x" * 201, "1", "account"),
        ("a\0b", "1", "account"),
        ("1", "a\nb", "answer"),
    ],
)
def test_what_cannot_be_right_is_not_sent(account: str, answer: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        account_check.read(account, answer)
    assert refused.value.field == field


def test_what_was_typed_does_not_show() -> None:
    assert ANSWER not in repr(account_check.read(CARD, ANSWER))


def test_a_system_that_is_away_is_left_alone_and_one_that_refuses_is_not(
    either: Provider, site: Site, system: OlderSystem
) -> None:
    system.manner = "429"
    for _ in range(2 * FAILURES):
        assert ask(either, site) == "account_check_away"
    assert len(system.asked) == 2 * FAILURES, "too many answers for one account are no fault of the system"
    system.manner = "503"
    for _ in range(2 * FAILURES):
        assert ask(either, site) == "account_check_away"
    assert len(system.asked) == 3 * FAILURES
    with older_system.opened() as other:
        assert ask(either, older_system.site(either, other)) == LEGACY_ID, "others are asked"
