from typing import Any

import pytest
from joserfc.jwk import ECKey

from idp.federation import entity_statement, trust_mark
from idp.federation.entity_statement import EntityStatement
from idp.federation.trust_mark import InvalidTrustMark, TrustMark
from tests.federation.line import CITY, NATION, NOW, PROVINCE, SITE, Entity

DJ3 = "https://nation.example/trust-marks/dengbao-3"
ISSUER, OWNER, ANCHOR = Entity(CITY), Entity(PROVINCE), Entity(NATION)
STRANGER = Entity("https://stranger.example")
DELEGATED = {DJ3: {"sub": OWNER.name, "jwks": OWNER.jwks}}


def anchor(**claims: Any) -> EntityStatement:
    token = ANCHOR.says(ANCHOR, **{"trust_mark_issuers": {DJ3: [ISSUER.name]}} | claims)
    return entity_statement.read(token)


def mark(issuer: Entity = ISSUER, typ: str | None = "trust-mark+jwt", **claims: Any) -> str:
    made = {
        "iss": issuer.name,
        "sub": SITE,
        "trust_mark_type": DJ3,
        "iat": NOW - 60,
        "exp": NOW + 600,
    } | claims
    return issuer.sign(typ, {name: one for name, one in made.items() if one is not None})


def delegation(owner: Entity = OWNER, typ: str | None = "trust-mark-delegation+jwt", **claims: Any) -> str:
    made = {"iss": owner.name, "sub": ISSUER.name, "trust_mark_type": DJ3, "iat": NOW - 60} | claims
    return owner.sign(typ, {name: one for name, one in made.items() if one is not None})


def verify(token: str, known: EntityStatement | None = None, **options: Any) -> TrustMark:
    keys = {one.name: one.keys for one in (ISSUER, ANCHOR)}
    asked: dict[str, Any] = {"mark_type": DJ3, "subject": SITE, "issuer_keys": keys, "now": NOW} | options
    return trust_mark.verify(token, anchor=known or anchor(), **asked)


def rule(token: str, known: EntityStatement | None = None, **options: Any) -> str:
    with pytest.raises(InvalidTrustMark) as refused:
        verify(token, known, **options)
    return refused.value.rule


def test_a_mark_that_counts() -> None:
    """§7.3."""
    found = verify(mark(ref="https://city.example/dengbao"))
    assert (found.type, found.iss, found.sub, found.exp) == (DJ3, CITY, SITE, NOW + 600)
    assert found.claims["ref"] == "https://city.example/dengbao"
    assert found.is_valid(NOW + 599)
    assert not found.is_valid(NOW + 600)
    forever = verify(mark(exp=None))
    assert forever.exp is None
    assert forever.is_valid(NOW + 10**9)
    assert trust_mark.issuer(mark()) == CITY


@pytest.mark.parametrize(
    "typ", [None, "JWT", "trust-mark", "entity-statement+jwt", "trust-mark-delegation+jwt"]
)
def test_another_kind_of_jwt(typ: str | None) -> None:
    assert rule(mark(typ=typ)) == "typ"
    with pytest.raises(InvalidTrustMark, match="typ"):
        trust_mark.issuer(mark(typ=typ))


@pytest.mark.parametrize(
    ("claims", "wanted"),
    [
        ({"sub": "https://other.example"}, "sub"),
        ({"sub": None}, "sub"),
        ({"iss": None}, "iss"),
        ({"iss": 7}, "iss"),
        ({"iss": STRANGER.name}, "iss"),
        ({"trust_mark_type": "https://nation.example/other"}, "trust_mark_type"),
        ({"trust_mark_type": None}, "trust_mark_type"),
        ({"iat": None}, "iat"),
        ({"iat": NOW + 61}, "iat"),
        ({"exp": NOW}, "exp"),
        ({"exp": "never"}, "exp"),
        ({"delegation": "x"}, "delegation"),
        ({"delegation": delegation()}, "delegation"),
    ],
)
def test_marks_that_do_not_count(claims: dict[str, Any], wanted: str) -> None:
    assert rule(mark(**claims)) == wanted


def test_a_forged_one() -> None:
    assert rule(mark(Entity(CITY))) == "signature"
    header, _claims, signature = mark().split(".")
    assert rule(f"{header}.{mark(sub=SITE, exp=NOW + 10**6).split('.')[1]}.{signature}") == "signature"
    assert rule("x") == "jwt"
    assert rule(mark(padding="x" * 20_000)) == "size"


def test_an_issuer_that_the_anchor_does_not_name() -> None:
    """§3.1.2: a type without an issuer is worth nothing; with an empty list anybody may issue it."""
    assert rule(mark(STRANGER)) == "iss"
    assert rule(mark(), anchor(trust_mark_issuers={})) == "trust_mark_type"
    anybody = anchor(trust_mark_issuers={DJ3: []})
    assert rule(mark(STRANGER), anybody) == "unknown_issuer"
    assert verify(mark(STRANGER), anybody, issuer_keys={STRANGER.name: STRANGER.keys}).iss == STRANGER.name


def test_the_owner_let_another_issue_it() -> None:
    """§7.2."""
    known = anchor(trust_mark_owners=DELEGATED)
    assert verify(mark(delegation=delegation()), known).iss == CITY
    assert rule(mark(), known) == "delegation"
    assert rule(mark(delegation=7), known) == "delegation"


@pytest.mark.parametrize(
    ("claims", "wanted"),
    [
        ({"iss": CITY}, "iss"),
        ({"iss": None}, "iss"),
        ({"sub": STRANGER.name}, "sub"),
        ({"sub": None}, "sub"),
        ({"trust_mark_type": "https://nation.example/other"}, "trust_mark_type"),
        ({"iat": None}, "iat"),
        ({"iat": NOW + 61}, "iat"),
        ({"exp": NOW}, "exp"),
        ({"typ": "trust-mark+jwt"}, "typ"),
        ({"typ": None}, "typ"),
        ({"owner": Entity(PROVINCE)}, "signature"),
        ({"owner": Entity(PROVINCE, ECKey.generate_key("P-256", {"kid": "x"}))}, "unknown_key"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_delegations_that_do_not_count(claims: dict[str, Any], wanted: str) -> None:
    """§7.2.2."""
    token = mark(delegation=delegation(**claims))
    assert rule(token, anchor(trust_mark_owners=DELEGATED)) == f"delegation.{wanted}"


def status(typ: str = "trust-mark-status-response+jwt", issuer: Entity = ISSUER, **claims: Any) -> str:
    return issuer.sign(typ, {"iss": CITY, "iat": NOW, "trust_mark": "t.o.k", "status": "active"} | claims)


def ask(response: str) -> str:
    return trust_mark.read_status(response, token="t.o.k", issued_by=CITY, keys=ISSUER.keys, now=NOW)


@pytest.mark.parametrize("said", ["active", "expired", "revoked", "invalid"])
def test_what_the_issuer_says_of_it_now(said: str) -> None:
    """§8.4.2."""
    assert ask(status(status=said)) == said


@pytest.mark.parametrize("said", ["new", None, 7, ["active"], True])
def test_a_status_nobody_knows_is_no_good_one(said: object) -> None:
    assert ask(status(status=said)) == trust_mark.INVALID


@pytest.mark.parametrize(
    ("response", "wanted"),
    [
        (status(iss=NATION), "iss"),
        (status(trust_mark="other"), "trust_mark"),
        (status(iat=NOW + 61), "iat"),
        (status(iat="x"), "iat"),
        (status(exp=NOW), "exp"),
        (status(typ="trust-mark+jwt"), "typ"),
        (status(issuer=STRANGER), "signature"),
        ("x", "jwt"),
    ],
    ids=["iss", "trust_mark", "future", "no time", "expired", "typ", "signature", "jwt"],
)
def test_answers_that_are_none(response: str, wanted: str) -> None:
    with pytest.raises(InvalidTrustMark) as refused:
        ask(response)
    assert refused.value.rule == wanted
