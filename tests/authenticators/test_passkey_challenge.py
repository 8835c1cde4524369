from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp import clock
from idp.authenticators import passkey_challenge
from idp.errors import Expired

BROWSER = "browser-0123456789abcdef"


def test_a_challenge_is_taken_once(context: Flask) -> None:
    challenge = passkey_challenge.issue("sign_in", BROWSER)
    assert abs(passkey_challenge.take(challenge, "sign_in", BROWSER) - clock.now()) < timedelta(seconds=2)
    with pytest.raises(Expired):
        passkey_challenge.take(challenge, "sign_in", BROWSER)


def test_challenges_differ(context: Flask) -> None:
    assert len({passkey_challenge.issue("sign_in", BROWSER) for _ in range(50)}) == 50


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=100), st.integers(0, passkey_challenge.BYTES - 1), st.integers(1, 255))
def test_nothing_made_up_or_changed_is_taken(context: Flask, made_up: bytes, place: int, change: int) -> None:
    issued = bytearray(passkey_challenge.issue("sign_in", BROWSER))
    issued[place] ^= change
    for wrong in (made_up, bytes(issued), bytes(issued[:place])):
        with pytest.raises(Expired):
            passkey_challenge.take(wrong, "sign_in", BROWSER)


def test_one_from_the_future_is_not_taken(context: Flask) -> None:
    with clock.shifted(timedelta(hours=1)):
        challenge = passkey_challenge.issue("sign_in", BROWSER)
    with pytest.raises(Expired):
        passkey_challenge.take(challenge, "sign_in", BROWSER)
