from typing import Any

import pytest
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from idp.federation import entity_statement
from idp.federation.constraints import Constraints
from idp.federation.entity_statement import InvalidStatement
from tests.federation.line import CITY, METADATA, NATION, NOW, RP, SITE, Entity

ABOUT = Entity(SITE)
SUPERIOR = Entity(CITY)
MARK = Entity(NATION).sign("trust-mark+jwt", {"trust_mark_type": "https://nation.example/dj3"})


def configuration(**claims: Any) -> str:
    return ABOUT.says(ABOUT, **{"authority_hints": [CITY], "metadata": METADATA} | claims)


def subordinate(**claims: Any) -> str:
    return SUPERIOR.says(ABOUT, **claims)


def rule(token: str) -> str:
    with pytest.raises(InvalidStatement) as refused:
        entity_statement.read(token)
    return refused.value.rule


def test_what_an_entity_says_of_itself() -> None:
    """§3.1.2."""
    owners = {"https://nation.example/dj3": {"sub": NATION, "jwks": SUPERIOR.jwks}}
    token = configuration(
        trust_anchor_hints=[NATION],
        trust_marks=[{"trust_mark_type": "https://nation.example/dj3", "trust_mark": MARK}],
        trust_mark_issuers={"https://nation.example/dj3": [NATION], "https://nation.example/any": []},
        trust_mark_owners=owners,
        aud="https://provider.example",
        something_new={"a": 1},
    )
    statement = entity_statement.read(token)
    assert statement.is_configuration
    assert (statement.iss, statement.sub, statement.kid, statement.alg) == (SITE, SITE, "one", "ES256")
    assert (statement.iat, statement.exp) == (NOW - 60, NOW + 3600)
    assert statement.authority_hints == (CITY,)
    assert statement.metadata == METADATA
    assert statement.entity_types == {RP}
    assert statement.trust_marks == (("https://nation.example/dj3", MARK),)
    assert statement.trust_mark_issuers["https://nation.example/any"] == ()
    assert statement.trust_mark_owners["https://nation.example/dj3"].entity_id == NATION
    assert statement.claims["something_new"] == {"a": 1}
    entity_statement.verify(statement, statement.jwks)
    entity_statement.check_time(statement, NOW)


def test_what_a_superior_says_of_it() -> None:
    """§3.1.3."""
    statement = entity_statement.read(
        subordinate(
            metadata=METADATA,
            constraints={"max_path_length": 0},
            metadata_policy={RP: {"scope": {"essential": True}}},
            metadata_policy_crit=["regexp"],
            source_endpoint="https://city.example/fetch",
        )
    )
    assert not statement.is_configuration
    assert (statement.iss, statement.sub) == (CITY, SITE)
    assert statement.constraints == Constraints(max_path_length=0)
    assert statement.metadata_policy == {RP: {"scope": {"essential": True}}}
    assert statement.metadata_policy_crit == ["regexp"]
    assert statement.source_endpoint == "https://city.example/fetch"
    entity_statement.verify(statement, SUPERIOR.keys)
    with pytest.raises(InvalidStatement, match="signature"):
        entity_statement.verify(statement, ABOUT.keys)


@pytest.mark.parametrize("typ", [None, "JWT", "trust-mark+jwt", "resolve-response+jwt"])
def test_another_kind_of_jwt(typ: str | None) -> None:
    assert rule(ABOUT.sign(typ, {})) == "typ"


@pytest.mark.parametrize("name", ["iss", "sub"])
@pytest.mark.parametrize(
    "value", [None, 7, [SITE], "", "site", SITE + "#", "http://site.city.example", SITE.upper()]
)
def test_names_that_are_none(name: str, value: object) -> None:
    assert rule(subordinate(**{name: value})) == name


@pytest.mark.parametrize("name", ["iat", "exp"])
@pytest.mark.parametrize("value", [None, "1", True, -1, 10**12, []])
def test_times_that_are_none(name: str, value: object) -> None:
    assert rule(configuration(**{name: value})) == name


def test_an_end_before_its_beginning() -> None:
    assert rule(configuration(iat=NOW, exp=NOW)) == "exp"


@pytest.mark.parametrize("jwks", [None, {}, {"keys": []}, [], {"keys": [{"kty": "EC"}]}])
def test_no_keys(jwks: object) -> None:
    assert rule(configuration(jwks=jwks)) == "jwks"


def test_a_private_key_is_refused_and_not_repeated() -> None:
    key = dict(ABOUT.key.as_dict(private=True))
    with pytest.raises(InvalidStatement, match="jwks") as refused:
        entity_statement.read(configuration(jwks={"keys": [key]}))
    assert str(key["d"]) not in str(refused.value.value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (["jti"], "jti"),
        (["exp"], "exp"),
        (["exp", "new"], "new"),
        ([], []),
        ("jti", "jti"),
        ([7], [7]),
        ({}, {}),
    ],
)
def test_no_claim_beyond_the_specification_is_understood(value: object, shown: object) -> None:
    """§13.4; what the specification defines must not be named either."""
    with pytest.raises(InvalidStatement, match="crit") as refused:
        entity_statement.read(configuration(crit=value, jti="1"))
    assert refused.value.value == shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("constraints", {}),
        ("metadata_policy", {}),
        ("metadata_policy_crit", ["regexp"]),
        ("source_endpoint", "https://city.example/fetch"),
        ("trust_anchor", NATION),
    ],
)
def test_what_only_a_superior_may_say(name: str, value: object) -> None:
    """§3.1.3, §3.2."""
    assert rule(configuration(**{name: value})) == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("authority_hints", [NATION]),
        ("trust_anchor_hints", [NATION]),
        ("trust_marks", []),
        ("trust_mark_issuers", {}),
        ("trust_mark_owners", {}),
        ("trust_anchor", NATION),
    ],
)
def test_what_only_the_entity_itself_may_say(name: str, value: object) -> None:
    """§3.1.2, §3.2."""
    assert rule(subordinate(**{name: value})) == name


BROKEN: list[tuple[str, Any]] = [
    ("authority_hints", []),
    ("authority_hints", CITY),
    ("authority_hints", [7]),
    ("authority_hints", ["city"]),
    ("authority_hints", [CITY] * 1001),
    ("trust_anchor_hints", []),
    ("trust_anchor_hints", ["nation"]),
    ("metadata", []),
    ("metadata", {RP: []}),
    ("metadata", {RP: {"scope": None}}),
    ("metadata", {str(number): {} for number in range(51)}),
    ("trust_marks", {}),
    ("trust_marks", [7]),
    ("trust_marks", [{}]),
    ("trust_marks", [{"trust_mark_type": "https://nation.example/dj3"}]),
    ("trust_marks", [{"trust_mark_type": 7, "trust_mark": MARK}]),
    ("trust_marks", [{"trust_mark_type": "https://nation.example/other", "trust_mark": MARK}]),
    ("trust_marks", [{"trust_mark_type": "https://nation.example/dj3", "trust_mark": "x"}]),
    ("trust_marks", [{"trust_mark_type": "https://nation.example/dj3", "trust_mark": MARK}] * 51),
    ("trust_mark_issuers", []),
    ("trust_mark_issuers", {"https://nation.example/dj3": {}}),
    ("trust_mark_issuers", {"https://nation.example/dj3": ["nation"]}),
    ("trust_mark_issuers", {"": []}),
    ("trust_mark_owners", []),
    ("trust_mark_owners", {"https://nation.example/dj3": []}),
    ("trust_mark_owners", {"https://nation.example/dj3": {"sub": NATION}}),
    ("trust_mark_owners", {"https://nation.example/dj3": {"jwks": SUPERIOR.jwks}}),
]


@pytest.mark.parametrize(("name", "value"), BROKEN, ids=[f"{name}-{n}" for n, (name, _) in enumerate(BROKEN)])
def test_claims_of_the_wrong_shape(name: str, value: object) -> None:
    assert rule(configuration(**{name: value})) == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("constraints", []),
        ("constraints", {"max_path_length": -1}),
        ("metadata_policy", []),
        ("metadata_policy_crit", []),
        ("metadata_policy_crit", ["essential"]),
        ("metadata_policy_crit", "regexp"),
        ("source_endpoint", "ftp://city.example"),
        ("source_endpoint", 7),
        ("metadata", {RP: {"scope": None}}),
    ],
)
def test_a_superiors_claims_of_the_wrong_shape(name: str, value: object) -> None:
    assert rule(subordinate(**{name: value})) == name


def test_expired_and_not_yet_begun() -> None:
    for claims, wanted in (({"iat": NOW - 90, "exp": NOW}, "exp"), ({"iat": NOW + 61}, "iat")):
        statement = entity_statement.read(configuration(**claims))
        with pytest.raises(InvalidStatement) as refused:
            entity_statement.check_time(statement, NOW)
        assert refused.value.rule == wanted
    entity_statement.check_time(entity_statement.read(configuration(iat=NOW + 60)), NOW)


def test_whom_it_was_made_for() -> None:
    """§12.2.1: one audience, and nobody else."""
    plain = entity_statement.read(configuration())
    entity_statement.check_audience(plain, None)
    entity_statement.check_audience(plain, "https://provider.example")
    for aud in ("https://provider.example", ["https://provider.example"]):
        meant = entity_statement.read(configuration(aud=aud))
        entity_statement.check_audience(meant, "https://provider.example")
        for other in (None, "https://other.example"):
            with pytest.raises(InvalidStatement, match="aud"):
                entity_statement.check_audience(meant, other)
    others: list[Any] = [["https://provider.example", "https://other.example"], [], 7, {}, ""]
    for wrong in others:
        with pytest.raises(InvalidStatement, match="aud"):
            entity_statement.check_audience(
                entity_statement.read(configuration(aud=wrong)), "https://provider.example"
            )


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("alg", ["ES256", "RS256", "PS256", "EdDSA"])
def test_every_algorithm_that_is_used_here(alg: str) -> None:
    key: Key
    if alg == "ES256":
        key = ECKey.generate_key("P-256", {"kid": "one"})
    elif alg == "EdDSA":
        key = OKPKey.generate_key("Ed25519", {"kid": "one"})
    else:
        key = RSAKey.generate_key(2048, {"kid": "one"})
    entity = Entity(SITE, key)
    claims = {"iss": SITE, "sub": SITE, "iat": NOW, "exp": NOW + 60, "jwks": entity.jwks}
    statement = entity_statement.read(entity.sign("entity-statement+jwt", claims, alg=alg))
    entity_statement.verify(statement, statement.jwks)


def test_it_is_as_long_as_the_reader_allows() -> None:
    with pytest.raises(InvalidStatement, match="size"):
        entity_statement.read(configuration(), longest=100)
    with pytest.raises(InvalidStatement, match="size"):
        entity_statement.read(configuration(padding="x" * 10_000_000))
