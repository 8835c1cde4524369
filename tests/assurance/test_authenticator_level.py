"""A (domain §2): what ways of signing in are worth together."""

import pytest
from hypothesis import given

from idp.assurance import authenticator_level
from idp.assurance.policy import Policy
from tests.assurance import worlds
from tests.assurance.worlds import PACKAGED


@pytest.mark.parametrize(
    ("methods", "level"),
    [
        ("", 0),
        ("pwd", 1),
        ("sms", 1),
        ("qr", 1),
        ("user", 0),
        ("pin", 0),
        ("otp", 0),  # never the first factor
        ("recovery_code", 0),
        ("swk", 1),
        ("hwk", 1),
        ("sc", 1),
        ("pwd otp", 2),
        ("pwd otp mfa", 2),
        ("pwd sms", 2),
        ("pwd recovery_code", 2),
        ("pwd swk", 2),
        ("sms otp", 1),  # of one kind
        ("sms qr", 1),
        ("pwd qr", 1),  # the phone may have been let in by the same password
        ("swk user", 2),
        ("swk user pwd otp", 2),  # software is never bound to hardware
        ("hwk user", 3),
        ("sc pin", 3),
        ("hwk pin", 1),
        ("pwd unheard_of", 1),
    ],
)
def test_what_the_domain_gives_for_methods(methods: str, level: int) -> None:
    assert authenticator_level.of(PACKAGED, methods.split()) == level


@pytest.mark.parametrize(("methods", "level"), [("pwd sms", 1), ("sms", 0), ("pwd otp", 2), ("hwk user", 3)])
def test_a_message_by_sms_counts_nothing_for_officials(methods: str, level: int) -> None:
    assert authenticator_level.of(PACKAGED, methods.split(), "official") == level
    assert authenticator_level.best(PACKAGED, methods.split(), "official") == level


@given(worlds.policies(), worlds.methods(), worlds.methods())
def test_more_methods_never_lower(policy: Policy, some: frozenset[str], more: frozenset[str]) -> None:
    assert authenticator_level.of(policy, some) <= authenticator_level.of(policy, some | more)


@given(worlds.policies(), worlds.methods())
def test_what_is_said_to_be_missing_leads_there(policy: Policy, enrolled: frozenset[str]) -> None:
    for wanted in range(4):
        ways = authenticator_level.missing(policy, enrolled, wanted, "official")
        assert all("sms" not in way for way in ways)
        for way in ways:
            assert authenticator_level.best(policy, enrolled | way, "official") >= wanted


def test_the_easiest_way_to_more_comes_first() -> None:
    assert authenticator_level.missing(PACKAGED, {"pwd"}, 2)[0] == {"sms"}
    assert authenticator_level.missing(PACKAGED, {"pwd"}, 3) == (
        frozenset({"hwk", "user"}),
        frozenset({"sc", "pin"}),
    )
    assert authenticator_level.missing(PACKAGED, {"hwk", "user"}, 3) == ()
