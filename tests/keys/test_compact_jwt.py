import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey

from idp.keys import compact_jwt
from idp.keys.compact_jwt import NotVerified

KEY = ECKey.generate_key("P-256", {"kid": "one"})
OTHER = ECKey.generate_key("P-256", {"kid": "other"})
EDWARDS = OKPKey.generate_key("Ed25519", {"kid": "edwards"})
TOKEN = compact_jwt.sign({"alg": "ES256", "kid": "one"}, {"sub": "a"}, KEY)


def segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_eddsa_goes_by_the_name_that_relying_parties_know() -> None:
    """RFC 8037 §3.1; without the library's advice on every call."""
    token = compact_jwt.sign({"alg": "EdDSA", "kid": "edwards"}, {"sub": "a"}, EDWARDS)
    assert compact_jwt.verify(token, EDWARDS, ["EdDSA"]) == {"sub": "a"}


@pytest.mark.parametrize("algorithms", [[], ["RS256"], ["none"], ["HS256"]])
def test_only_named_algorithms_count(algorithms: list[str]) -> None:
    with pytest.raises(NotVerified):
        compact_jwt.verify(TOKEN, KEY, algorithms)


def test_the_key_is_found_by_its_kid() -> None:
    keys = KeySet([KEY, OTHER])
    assert compact_jwt.verify(TOKEN, keys, ["ES256"]) == {"sub": "a"}
    with pytest.raises(NotVerified):
        compact_jwt.verify(TOKEN, KeySet([OTHER, EDWARDS]), ["ES256"])
    with pytest.raises(NotVerified):
        compact_jwt.verify(compact_jwt.sign({"alg": "ES256", "kid": "other"}, {}, KEY), keys, ["ES256"])


def test_a_shared_secret_signs_nothing_here() -> None:
    token = f"{segment({'alg': 'HS256'})}.{segment({})}.x"
    with pytest.raises(NotVerified):
        compact_jwt.verify(token, OctKey.import_key("s" * 32), ["ES256"])


def test_a_payload_nested_without_end_is_refused() -> None:
    deep = "[" * 5000 + "]" * 5000
    payload = base64.urlsafe_b64encode(f'{{"x": {deep}}}'.encode()).rstrip(b"=").decode()
    with pytest.raises(NotVerified):
        compact_jwt.verify(f"{segment({'alg': 'ES256', 'kid': 'one'})}.{payload}.x", KEY, ["ES256"])
    with pytest.raises(NotVerified):
        compact_jwt.unverified_claims(f"x.{payload}.x")


@given(st.text() | st.tuples(st.text(), st.text(), st.text()).map(".".join))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(NotVerified):
        compact_jwt.verify(text, KEY, ["ES256"])


@settings(max_examples=30)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_only_an_object_is_a_header(value: Any) -> None:
    text = f"{segment(value)}.{segment(value)}.x"
    if isinstance(value, dict):
        assert compact_jwt.unverified_header(text) == compact_jwt.unverified_claims(text) == value
        return
    for read in (compact_jwt.unverified_header, compact_jwt.unverified_claims):
        with pytest.raises(NotVerified):
            read(text)
