"""Keys of the identity HMAC travel sealed for one province and one epoch."""

from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from idp.recognition import sealed_key
from idp.recognition.join_key import Key
from idp.recognition.sealed_key import NotSealedForUs

KEY = Key("2026-1", b"k" * 32)
MINE, OTHERS = sealed_key.new_pair(), sealed_key.new_pair()
HERE, THERE = "https://id.zj.example.cn", "https://id.js.example.cn"


def sealed() -> str:
    return sealed_key.seal(KEY, HERE, sealed_key.public_key(MINE.as_dict(private=False)))


def test_it_opens_for_the_province_it_was_sealed_for() -> None:
    assert sealed_key.open_sealed(sealed(), "2026-1", HERE, MINE) == KEY
    assert KEY.secret.hex() not in sealed()


@pytest.mark.parametrize(
    ("epoch", "receiver", "private"),
    [("2027-1", HERE, MINE), ("2026-1", THERE, MINE), ("2026-1", HERE, OTHERS)],
)
def test_it_opens_for_nobody_else(epoch: str, receiver: str, private: ECKey) -> None:
    with pytest.raises(NotSealedForUs):
        sealed_key.open_sealed(sealed(), epoch, receiver, private)


@pytest.mark.parametrize(
    "text", ["", "a", "a.b.c.d.e", "e30.e30.e30.e30.e30", "数.字.a.b.c", "." * 4, "x" * 5000]
)
def test_what_is_not_sealed_is_refused(text: str) -> None:
    with pytest.raises(NotSealedForUs):
        sealed_key.open_sealed(text, "2026-1", HERE, MINE)


def test_a_changed_one_is_refused() -> None:
    text = sealed()
    for place in range(0, len(text), 40):
        other = "A" if text[place] != "A" else "B"
        with pytest.raises(NotSealedForUs):
            sealed_key.open_sealed(text[:place] + other + text[place + 1 :], "2026-1", HERE, MINE)


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        "key",
        {},
        MINE.as_dict(private=True),
        ECKey.generate_key("P-384").as_dict(private=False),
        RSAKey.generate_key(2048).as_dict(private=False),
        OctKey.generate_key(256).as_dict(private=True),
        MINE.as_dict(private=False) | {"use": "sig"},
        MINE.as_dict(private=False) | {"alg": "ES256"},
        MINE.as_dict(private=False) | {"x": "AAAA"},
        {"kty": "EC", "crv": "P-256", "x": 1, "y": 2},
        {"kty": "EC", "crv": "P-256"},
    ],
    ids=range(12),
)
def test_only_a_public_key_for_this_purpose_is_sealed_for(jwk: Any) -> None:
    with pytest.raises(ValueError, match="key"):
        sealed_key.public_key(jwk)
