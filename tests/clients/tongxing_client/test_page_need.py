from typing import Any

import pytest

from tongxing_client import errors, page_need, session
from tongxing_client.page_need import Ask, Need

L2, L3 = "urn:tongxing:loa:2", "urn:tongxing:loa:3"


def _session(**changes: Any) -> session.Session:
    facts: dict[str, Any] = {
        "sub": "s",
        "sid": None,
        "id_token": "",
        "id_token_claims": {"sub": "s", "iat": 1000, "acr": L2, "auth_time": 1000},
        "userinfo_claims": {},
        "access_token": "at",
        "access_token_ends_at": None,
        "refresh_token": None,
        "asked_acr": (),
        "started_at": 1000,
        "seen_at": 1000,
    }
    return session.Session(**{**facts, **changes})


def test_nobody_is_asked_for_all_of_it() -> None:
    need = Need(acr=(L3,), max_age=300, scope=("phone",))
    assert page_need.find_ask(None, need, 1000) == Ask(acr=(L3,), max_age=300, scope=("phone",))


def test_a_login_that_will_do_is_asked_for_nothing() -> None:
    found = _session(asked_scope=("phone",))
    assert page_need.find_ask(found, Need(acr=(L2,), max_age=300, scope=("phone",)), 1100) is None


def test_a_scope_is_asked_for_once_whatever_the_person_said() -> None:
    assert page_need.find_ask(_session(), Need(scope=("phone",)), 1000) == Ask(scope=("phone",))
    assert page_need.find_ask(_session(asked_scope=("phone",)), Need(scope=("phone",)), 1000) is None


def test_a_higher_level_keeps_what_was_asked_for() -> None:
    asked = page_need.find_ask(_session(asked_scope=("phone",)), Need(acr=(L3,)), 1000)
    assert asked == Ask(acr=(L3,), scope=("phone",))


def test_what_was_taken_back_is_not_asked_for_by_a_page_that_does_not_need_it() -> None:
    found = _session(asked_scope=("phone",), withdrawn={"phone_number": 1001.0})
    assert page_need.find_ask(found, Need(acr=(L3,)), 1000) == Ask(acr=(L3,))
    assert page_need.find_ask(found, Need(scope=("phone",)), 1000) is None


def test_a_login_that_has_changed_is_asked_again_even_for_nothing_more() -> None:
    found = _session(asks_again=True, asked_acr=(L3,), asked_scope=("phone",))
    assert page_need.find_ask(found, Need(), 1000) == Ask(scope=("phone",))
    assert page_need.find_ask(found, Need(acr=(L3,)), 1000) == Ask(acr=(L3,), scope=("phone",))


def test_nobody_goes_round_in_circles() -> None:
    with pytest.raises(errors.StepUpNotReached):
        page_need.find_ask(_session(asked_acr=(L3,)), Need(acr=(L3,)), 1000)
    acting = _session(id_token_claims={"sub": "s", "act": {"sub": "p"}}, asked_items=("transfer",))
    with pytest.raises(errors.MandateMissing):
        page_need.find_ask(acting, Need(item="transfer"), 1000)


def test_who_acts_for_another_needs_a_mandate_for_the_item() -> None:
    acting = _session(id_token_claims={"sub": "s", "act": {"sub": "p"}})
    asked = page_need.find_ask(acting, Need(item="transfer"), 1000)
    assert asked == Ask(items=("transfer",), prompt="select_account")
    assert page_need.find_ask(_session(), Need(item="transfer"), 1000) is None


def test_an_old_login_is_renewed() -> None:
    assert page_need.find_ask(_session(), Need(max_age=300), 1400) == Ask(max_age=300)
    assert page_need.find_ask(_session(asked_acr=(L2,)), Need(acr=(L2,), max_age=300), 1400) == Ask(
        acr=(L2,), max_age=300
    )
