"""Every way in which statements do not make a chain (OpenID Federation 1.0 §3.2, §10.2)."""

from typing import Any

import pytest
from joserfc.jwk import ECKey

from idp.federation import chain_links, explanation, trust_chain
from idp.federation.chain_refused import ChainRefused
from tests.federation.line import CITY, NATION, NOW, PROVINCE, SITE, Entity, Line


def refused(line: Line, tokens: list[str] | None = None, **options: Any) -> ChainRefused:
    with pytest.raises(ChainRefused) as found:
        line.verify(tokens, **options)
    last = found.value.steps[-1]
    assert last.outcome == explanation.REFUSED
    assert (last.rule, last.entity_id, last.superior_id) == (
        *(found.value.rule, found.value.entity_id, found.value.superior_id),
    )
    return found.value


def where(found: ChainRefused) -> tuple[str, str, str]:
    return found.rule, found.entity_id, found.superior_id


def test_no_statement_and_too_many() -> None:
    line = Line()
    for tokens in ([], line.tokens * 10):
        with pytest.raises(ChainRefused, match="length"):
            trust_chain.verify(tokens, line.anchors, NOW)


def test_it_begins_with_what_the_subject_says_of_itself() -> None:
    line = Line()
    assert where(refused(line, line.tokens[1:])) == ("iss", SITE, CITY)


def test_no_superior_is_left_out_or_takes_anothers_place() -> None:
    line = Line()
    tokens = line.tokens
    assert where(refused(line, [tokens[0], *tokens[2:]])) == ("sub", SITE, PROVINCE)
    assert where(refused(line, [*tokens[:2], tokens[3], tokens[4]])) == ("sub", CITY, NATION)
    assert where(refused(line, [tokens[0], tokens[2], tokens[1], *tokens[3:]])) == ("sub", SITE, PROVINCE)


def test_no_configuration_stands_in_the_middle() -> None:
    line = Line()
    city = line.entities[1].says(line.entities[1], authority_hints=[PROVINCE])
    tokens = line.tokens
    assert where(refused(line, [*tokens[:2], city, *tokens[2:]])) == ("iss", CITY, CITY)


def test_nobody_stands_above_themselves() -> None:
    line = Line(SITE, CITY, PROVINCE, CITY, NATION)
    line.entities[3].key = line.entities[1].key
    assert where(refused(line))[:2] == ("loop", CITY)


def test_a_chain_that_ends_at_nobody_we_trust() -> None:
    line = Line()
    line.anchors = {PROVINCE: line.entities[2].keys}
    assert where(refused(line)) == ("trust_anchor", NATION, "")
    assert where(refused(line, line.tokens[:2])) == ("trust_anchor", CITY, "")
    assert refused(line, line.tokens[:1]).rule == "trust_anchor"


@pytest.mark.parametrize("number", range(5))
def test_each_must_be_signed_by_who_is_said_to_have(number: int) -> None:
    """The same name of the key, another key."""
    line = Line()
    forgers = Line()
    forgers.own, forgers.said = line.own, line.said
    tokens = line.tokens
    about = line.entities[min(number, 3)]
    claims: dict[str, Any] = {"jwks": line.entities[max(number - 1, 0) if number < 4 else 3].jwks}
    if number in {0, 4}:
        tokens[number] = forgers.entities[(about is line.entities[3] and 3) or 0].says(
            about, **line.own[0 if number == 0 else 3], **claims
        )
    else:
        tokens[number] = forgers.entities[number].says(line.entities[number - 1], **claims)
    assert refused(line, tokens).rule == "signature"


def test_the_pinned_key_of_the_anchor_counts_and_no_other() -> None:
    line = Line()
    line.anchors = {NATION: Entity(NATION).keys}
    assert where(refused(line)) == ("signature", NATION, "")
    assert where(refused(line, line.tokens[:-1])) == ("signature", PROVINCE, NATION)
    line.anchors = {NATION: Entity(NATION, ECKey.generate_key("P-256", {"kid": "two"})).keys}
    assert where(refused(line)) == ("unknown_key", NATION, "")


def test_the_subject_signs_with_a_key_that_its_superior_knows() -> None:
    """A site that changed its key without telling its city."""
    line = Line()
    tokens = line.tokens
    renewed = Entity(SITE)
    tokens[0] = renewed.says(renewed, **line.own[0])
    assert where(refused(line, tokens)) == ("signature", SITE, "")
    # One more key beside the known one does no harm, as long as the known one signs.
    site = line.entities[0]
    other = ECKey.generate_key("P-256", {"kid": "two"}).as_dict(private=False)
    both = {"keys": [*site.jwks["keys"], dict(other)]}
    tokens[0] = site.says(site, jwks=both, **line.own[0])
    assert line.verify(tokens).subject == SITE


def test_the_subject_names_its_superior_itself() -> None:
    line = Line()
    line.own[0]["authority_hints"] = [PROVINCE, NATION]
    found = refused(line)
    assert where(found) == ("authority_hints", SITE, CITY)
    assert found.value == [PROVINCE, NATION]
    line.own[0]["authority_hints"] = None
    assert where(refused(line)) == ("authority_hints", SITE, CITY)
    line.own[0]["authority_hints"] = ["https://ministry.example", CITY]
    assert line.verify().subject == SITE


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize(
    ("claims", "rule"),
    [
        ({"exp": NOW}, "exp"),
        ({"exp": NOW - 1000, "iat": NOW - 2000}, "exp"),
        ({"iat": NOW + 61}, "iat"),
        ({"crit": ["jti"], "jti": "1"}, "crit"),
        ({"jwks": {"keys": []}}, "jwks"),
        ({"aud": "https://somebody.example"}, "aud"),
        ({"trust_anchor": NATION}, "trust_anchor"),
        ({"metadata": {"openid_relying_party": None}}, "metadata"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_statement_is_judged(number: int, claims: dict[str, Any], rule: str) -> None:
    line = Line()
    if number in {0, 4}:
        line.own[0 if number == 0 else 3] |= claims
    else:
        line.said[number] |= claims
    found = refused(line)
    assert found.rule == rule
    assert found.entity_id == [SITE, SITE, CITY, PROVINCE, NATION][number]


def test_until_the_last_second() -> None:
    line = Line()
    line.said[3] = {"exp": NOW + 10}
    assert line.verify(now=NOW + 9).expires_at == NOW + 10
    assert where(refused(line, now=NOW + 10)) == ("exp", PROVINCE, NATION)
    assert line.verify(now=NOW - 120).subject == SITE
    assert refused(line, now=NOW - 121).rule == "iat"


@pytest.mark.parametrize("typ", [None, "JWT", "trust-mark+jwt"])
def test_another_kind_of_jwt_in_its_place(typ: str | None) -> None:
    line = Line()
    tokens = line.tokens
    claims = {"iss": PROVINCE, "sub": CITY, "iat": NOW, "exp": NOW + 60, "jwks": line.entities[1].jwks}
    tokens[2] = line.entities[2].sign(typ, claims)
    found = refused(line, tokens)
    assert (found.rule, found.entity_id) == ("typ", CITY)


def test_whom_the_subjects_configuration_was_made_for() -> None:
    """§12.2.1: explicit registration."""
    line = Line()
    line.own[0]["aud"] = "https://provider.example"
    assert line.verify(audience="https://provider.example").subject == SITE
    for audience in (None, "https://other.example"):
        assert where(refused(line, audience=audience)) == ("aud", SITE, "")
    superior = Line()
    superior.said[1]["aud"] = "https://provider.example"
    assert refused(superior, audience="https://provider.example").rule == "aud"
    assert Line().verify(audience="https://provider.example").subject == SITE


def test_a_long_chain() -> None:
    names = [f"https://e{number}.example" for number in range(chain_links.MOST_STATEMENTS - 1)]
    assert Line(*names).verify().path == tuple(names)
    assert refused(Line(*names, "https://one-more.example")).rule == "length"


def test_huge_statements_are_not_read() -> None:
    line = Line()
    line.said[2] = {"padding": "x" * 4_000_000}
    found = refused(line)
    assert (found.rule, found.entity_id) == ("size", CITY)
