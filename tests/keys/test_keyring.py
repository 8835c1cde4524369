import base64
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey
from sqlalchemy import delete

from idp import clock
from idp.db import commit, db
from idp.keys import keyring, signing_key
from idp.keys.keyring import KEYRING, InvalidToken, Keyring
from idp.keys.signing_key import ALGORITHMS, SigningKey
from tests.provider import NewProvider, Provider, counted

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture
def ring(provider: Provider) -> Iterator[Keyring]:
    """The shared provider's key ring, in its context."""
    with provider.context():
        yield KEYRING.get()


def segment(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def with_header(token: str, header: Any) -> str:
    return ".".join([segment(header), *token.split(".")[1:]])


def header_of(token: str) -> dict[str, Any]:
    first = token.split(".", maxsplit=1)[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(first + "=="))
    return found


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # joserfc would call it Ed25519 (RFC 9864)
@pytest.mark.parametrize("alg", ALGORITHMS)
def test_what_is_signed_can_be_verified_by_us_and_by_everybody(ring: Keyring, alg: str) -> None:
    token = ring.sign({"sub": "张伟"}, typ="JWT", alg=alg)
    assert ring.verify(token, typ="JWT") == {"sub": "张伟"}
    published = KeySet.import_key_set(json.loads(ring.jwks()))
    assert jwt.decode(token, published, algorithms=[alg]).claims == {"sub": "张伟"}


def test_an_algorithm_without_a_key_is_our_mistake(ring: Keyring) -> None:
    with pytest.raises(KeyError):
        ring.sign({}, typ="JWT", alg="HS256")


def test_one_kind_of_token_never_passes_for_another(ring: Keyring) -> None:
    """RFC 8725 §3.11: explicit typing."""
    token = ring.sign({}, typ="JWT")
    for typ in ("at+jwt", "logout+jwt", ""):
        with pytest.raises(InvalidToken):
            ring.verify(token, typ=typ)
        with pytest.raises(InvalidToken):
            ring.verify_ever(token, typ=typ)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "é.é.é",
        "\udcff",
        segment([1]) + ".e30.x",
        segment("x") + ".e30.x",
        segment(b"[" * 60_000) + ".e30.x",
        segment(b"\xff\xfe") + ".e30.x",
        segment({}) + ".e30.x",
        segment({"kid": 7, "typ": "JWT"}) + ".e30.x",
        segment({"kid": "unknown", "typ": "JWT", "alg": "ES256"}) + ".e30.x",
        segment({"kid": "\udcff\0", "typ": "JWT", "alg": "ES256"}) + ".e30.x",
    ],
    ids=range(14),
)
def test_what_is_no_token_of_ours_is_refused(ring: Keyring, token: str) -> None:
    with pytest.raises(InvalidToken):
        ring.verify(token, typ="JWT")
    with pytest.raises(InvalidToken):
        ring.verify_ever(token, typ="JWT")


@given(st.text())
def test_any_text_is_refused(provider: Provider, text: str) -> None:
    with provider.context(), pytest.raises(InvalidToken):
        KEYRING.get().verify(text, typ="JWT")


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(["crit", "b64", "alg", "typ", "jwk", "jku", "x5c", "zip", "cty"]),
        json_values,
        min_size=1,
    )
)
def test_another_header_on_a_real_token_is_refused_and_never_an_error(
    provider: Provider, changes: dict[str, Any]
) -> None:
    with provider.context():
        ring = KEYRING.get()
        token = ring.sign({"sub": "x"}, typ="JWT")
        header = header_of(token)
        if header | changes == header:
            return
        with pytest.raises(InvalidToken):
            ring.verify(with_header(token, header | changes), typ="JWT")


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256", "EdDSA"])
def test_the_algorithm_is_the_keys_never_the_tokens(ring: Keyring, alg: str) -> None:
    """RFC 8725 §2.1, §3.1: algorithm confusion."""
    header = header_of(ring.sign({}, typ="JWT")) | {"alg": alg}
    with pytest.raises(InvalidToken):
        ring.verify(f"{segment(header)}.e30.", typ="JWT")
    public = next(key for key in json.loads(ring.jwks())["keys"] if key["kid"] == header["kid"])
    secret = OctKey.import_key(json.dumps(public).encode())
    if alg == "HS256":
        forged = jwt.encode(header, {}, secret, algorithms=["HS256"])
        with pytest.raises(InvalidToken):
            ring.verify(forged, typ="JWT")


def test_a_changed_payload_is_noticed(ring: Keyring) -> None:
    head, _, signature = ring.sign({"sub": "a"}, typ="JWT").split(".")
    with pytest.raises(InvalidToken):
        ring.verify(f"{head}.{segment({'sub': 'b'})}.{signature}", typ="JWT")


def test_keys_are_read_and_parsed_once(provider: Provider) -> None:
    provider.settle()
    with provider.context():
        ring = KEYRING.get()
        token = ring.sign({}, typ="JWT")
    with provider.context(), counted(provider.app) as counts:
        ring.verify(token, typ="JWT")
        ring.sign({}, typ="JWT")
        ring.jwks()
    assert counts.statements == []


def test_a_stranger_with_unknown_kids_cannot_make_us_ask_the_database_each_time(provider: Provider) -> None:
    with provider.context():
        ring = Keyring()
        ring.jwks()
        with counted(provider.app) as counts:
            for number in range(20):
                header = {"kid": f"invented{number}", "typ": "JWT", "alg": "ES256"}
                with pytest.raises(InvalidToken):
                    ring.verify(f"{segment(header)}.e30.x", typ="JWT")
    assert counts.statements == []


def test_another_process_knows_a_key_it_has_not_seen_yet(
    new_provider: NewProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "UNKNOWN_KID_SECONDS", -1)
    with new_provider().context():
        here, there = Keyring(), Keyring()
        assert there.jwks()
        signing_key.rotate("ES256")
        signing_key.rotate("ES256")
        commit()
        assert there.verify(here.sign({"x": 1}, typ="JWT"), typ="JWT") == {"x": 1}


def test_a_rotation_breaks_no_token_and_is_used_once_it_is_heard_of(new_provider: NewProvider) -> None:
    """OIDC Core §10.1.1: verifiers have fetched the next key before it signs."""
    with new_provider().context():
        ring = Keyring()
        fetched_before = KeySet.import_key_set(json.loads(ring.jwks()))
        old = ring.sign({"n": 1}, typ="JWT")
        signing_key.rotate("ES256")
        commit()
        assert header_of(ring.sign({}, typ="JWT"))["kid"] == header_of(old)["kid"], "not heard of it yet"
        ring.forget("rotated")
        new = ring.sign({"n": 2}, typ="JWT")
        assert header_of(new)["kid"] != header_of(old)["kid"]
        assert jwt.decode(new, fetched_before, algorithms=["ES256"]).claims == {"n": 2}
        assert ring.verify(old, typ="JWT") == {"n": 1}
        published = [key["kid"] for key in json.loads(ring.jwks())["keys"]]
        assert header_of(old)["kid"] in published


def test_a_retired_key_stops_counting_after_the_overlap(new_provider: NewProvider) -> None:
    with new_provider().context():
        ring = Keyring()
        old = ring.sign({}, typ="JWT")
        signing_key.rotate("ES256")
        commit()
        with clock.shifted(timedelta(days=8)):
            signing_key.rotate_due(timedelta(days=90), timedelta(days=7))
        commit()
        ring.forget()
        with pytest.raises(InvalidToken):
            ring.verify(old, typ="JWT")
        assert ring.verify_ever(old, typ="JWT") == {}


def test_readiness_names_the_algorithms_without_a_key(new_provider: NewProvider) -> None:
    with new_provider().context():
        Keyring().check_ready()
        db.session.execute(delete(SigningKey).where(SigningKey.alg == "EdDSA"))
        commit()
        with pytest.raises(LookupError, match="EdDSA"):
            Keyring().check_ready()


def test_many_threads_share_one_ring(provider: Provider) -> None:
    ring = Keyring()
    tokens: list[str] = []

    def work() -> None:
        with provider.context():
            tokens.extend(ring.sign({}, typ="JWT", alg=alg) for alg in ALGORITHMS)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 8 * len(ALGORITHMS)
    with provider.context():
        assert all(ring.verify(token, typ="JWT") == {} for token in tokens)


def test_a_key_planted_in_the_database_is_neither_published_nor_believed(new_provider: NewProvider) -> None:
    """Who can write to the database but has no master key makes no key of ours."""
    provider = new_provider()
    planted = ECKey.generate_key("P-256", {"kid": "deadbeef", "alg": "ES256", "use": "sig"})
    with provider.context():
        ours = next(key for key in signing_key.all_keys() if key.alg == "ES256")
        for kid, sealed in (
            ("deadbeef", json.dumps(planted.as_dict(private=False))),
            ("cafe", ours.sealed_public_jwk),
        ):
            db.session.add(
                SigningKey(
                    kid=kid,
                    alg="ES256",
                    state=signing_key.RETIRED,
                    sealed_public_jwk=sealed,
                    sealed_jwk=ours.sealed_jwk,
                    created_at=clock.now(),
                )
            )
        commit()
        ring = Keyring()
        assert {key["kid"] for key in json.loads(ring.jwks())["keys"]}.isdisjoint({"deadbeef", "cafe"})
        forged = jwt.encode({"alg": "ES256", "kid": "deadbeef", "typ": "x+jwt"}, {"a": 1}, planted)
        for verify in (ring.verify, ring.verify_ever):
            with pytest.raises(InvalidToken):
                verify(forged, typ="x+jwt")
