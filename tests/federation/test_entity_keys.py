import base64
from typing import Any

import pytest
from joserfc.jwk import ECKey

from idp.federation import entity_keys


def jwk(kid: str | None = "one", **more: Any) -> dict[str, Any]:
    made = dict(ECKey.generate_key("P-256").as_dict(private=False)) | more
    return made if kid is None else made | {"kid": kid}


def test_keys_are_found_by_their_names() -> None:
    keys = entity_keys.read({"keys": [jwk(), jwk("two")]})
    assert [key.kid for key in keys.keys] == ["one", "two"]
    assert entity_keys.find(keys, "two") is keys.keys[1]
    assert entity_keys.find(keys, "three") is None


def test_a_key_that_nobody_here_can_use_is_passed_over() -> None:
    """RFC 7517 §5."""
    others = [
        {"kty": "EC", "crv": "P-521", "kid": "a", "x": "AA", "y": "AA"},
        {"kty": "new", "kid": "b"},
        {"kty": ["EC"], "kid": "c"},
        jwk("d", use="enc"),
        jwk("e", alg="ECDH-ES"),
    ]
    assert [key.kid for key in entity_keys.read({"keys": [*others, jwk()]}).keys] == ["one"]
    with pytest.raises(ValueError, match="no key"):
        entity_keys.read({"keys": others})


@pytest.mark.parametrize(
    "value", [None, [], {}, "x", {"keys": {}}, {"keys": []}, {"keys": [None]}, {"keys": [7]}]
)
def test_what_is_no_key_set_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"must|needs"):
        entity_keys.read(value)


def test_each_key_needs_a_name_of_its_own() -> None:
    """§3.1.1: unique kid values, also for one key alone."""
    for keys in (
        [jwk(None)],
        [jwk(), jwk()],
        [jwk("")],
        [jwk(), {"kty": "new", "kid": "one"}],
        [jwk() | {"kid": 7}],
    ):
        with pytest.raises(ValueError, match="kid"):
            entity_keys.read({"keys": keys})


def test_private_material_is_refused_even_of_a_kind_that_is_not_used() -> None:
    for private in (
        dict(ECKey.generate_key("P-256").as_dict(private=True)) | {"kid": "one"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "one"},
        dict(ECKey.generate_key("P-521").as_dict(private=True)) | {"kid": "one"},
    ):
        with pytest.raises(ValueError, match="private"):
            entity_keys.read({"keys": [jwk("two"), private]})


def test_weak_and_broken_keys_are_refused() -> None:
    modulus = base64.urlsafe_b64encode((1 << 1023 | 1).to_bytes(128, "big")).rstrip(b"=").decode()
    weak = {"kty": "RSA", "n": modulus, "e": "AQAB", "kid": "one"}
    for key in (weak, jwk(x="AAAA"), jwk(y=7)):
        with pytest.raises(ValueError, match=r"keys\[0\]"):
            entity_keys.read({"keys": [key]})


def test_there_is_an_end_to_how_many() -> None:
    with pytest.raises(ValueError, match="keys"):
        entity_keys.read({"keys": [jwk(str(number)) for number in range(21)]})
