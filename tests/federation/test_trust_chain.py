from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from idp.federation import explanation, trust_chain
from idp.federation.trust_chain import ChainRefused, TrustChain
from tests.federation.line import CITY, METADATA, NAMES, NATION, NOW, PROVINCE, RP, SITE, Entity, Line, policy


def refused(line: Line, tokens: list[str] | None = None, **options: Any) -> ChainRefused:
    with pytest.raises(ChainRefused) as found:
        line.verify(tokens, **options)
    return found.value


def test_a_chain_from_the_site_to_the_nation() -> None:
    """§4."""
    line = Line()
    line.said[2] = {"exp": NOW + 100, "iat": NOW - 5}
    tokens = line.tokens
    chain = line.verify(tokens)
    assert (chain.subject, chain.anchor, chain.path) == (SITE, NATION, NAMES)
    assert chain.metadata == METADATA
    assert chain.tokens == tuple(tokens)
    assert [statement.iss for statement in chain.statements] == [*NAMES, NATION]
    assert (chain.iat, chain.expires_at) == (NOW - 5, NOW + 100)
    assert chain.trust_marks == ()
    assert [(step.kind, step.entity_id, step.superior_id, step.outcome) for step in chain.steps] == [
        ("configuration", NATION, "", "passed"),
        ("statement", PROVINCE, NATION, "passed"),
        ("statement", CITY, PROVINCE, "passed"),
        ("statement", SITE, CITY, "passed"),
        ("configuration", SITE, "", "passed"),
    ]


def test_the_anchors_own_configuration_may_be_left_out() -> None:
    """§4: then its keys are those that are pinned."""
    line = Line()
    chain = line.verify(line.tokens[:-1])
    assert (chain.path, chain.metadata) == (NAMES, METADATA)


def test_the_anchor_itself_and_its_direct_subordinate() -> None:
    alone = Line(NATION)
    assert alone.verify().path == (NATION,)
    pair = Line(SITE, NATION)
    assert pair.verify().path == (SITE, NATION)
    assert pair.verify(pair.tokens[:2]).path == (SITE, NATION)


def test_an_anchor_below_another_federation() -> None:
    """§4.1: who trusts the province ends the chain there."""
    line = Line()
    line.anchors = {PROVINCE: line.entities[2].keys}
    tokens = line.tokens
    own = line.entities[2].says(line.entities[2], authority_hints=[NATION])
    assert line.verify([*tokens[:3], own]).path == (SITE, CITY, PROVINCE)
    assert line.verify(tokens[:3]).path == (SITE, CITY, PROVINCE)


def test_an_anchor_may_turn_its_keys_while_the_pinned_one_signs_its_configuration() -> None:
    line = Line()
    nation = line.entities[-1]
    nation_next = Entity(NATION, ECKey.generate_key("P-256", {"kid": "two"}))
    both = {"keys": [*nation.jwks["keys"], *nation_next.jwks["keys"]]}
    own = nation.says(nation, jwks=both)
    by_the_next = nation_next.says(line.entities[2])
    assert line.verify([*line.tokens[:3], by_the_next, own]).anchor == NATION
    assert refused(line, [*line.tokens[:3], by_the_next]).rule == "unknown_key"


def test_the_metadata_of_one_type() -> None:
    line = Line()
    line.own[0]["metadata"] = METADATA | {"openid_provider": {"a": 1}}
    line.said[3] = {"constraints": {"allowed_entity_types": ["openid_provider"]}}
    chain = line.verify()
    assert chain.get_metadata("openid_provider") == {"a": 1}
    with pytest.raises(ChainRefused) as taken:
        chain.get_metadata(RP)
    assert (taken.value.rule, taken.value.entity_id, taken.value.superior_id) == (
        *("allowed_entity_types", SITE, NATION),
    )
    assert taken.value.steps[-1].outcome == explanation.REFUSED
    with pytest.raises(ChainRefused) as never:
        chain.get_metadata("oauth_client")
    assert (never.value.rule, never.value.entity_id, never.value.value) == (
        "entity_type",
        SITE,
        "oauth_client",
    )


def chain_of(*path: str, expires_at: int = NOW) -> TrustChain:
    return TrustChain(path[0], path[-1], path, {}, (), (), NOW, expires_at)


def test_the_choice_between_chains_is_always_the_same() -> None:
    """§10.3: fewest entities, then the anchor's name, then the names; never a time."""
    short = chain_of("a", "z", "nation")
    by_city = chain_of("a", "city", "province", "nation")
    by_ministry = chain_of("a", "ministry", "province", "nation")
    elsewhere = chain_of("a", "b", "c", "another")
    wanted = [short, elsewhere, by_city, by_ministry]
    for chains in (wanted, wanted[::-1], [by_ministry, short, by_city, elsewhere]):
        assert sorted(chains, key=trust_chain.preference) == wanted
    later = chain_of("a", "city", "province", "nation", expires_at=NOW + 1000)
    assert trust_chain.preference(later) == trust_chain.preference(by_city)


@given(
    st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True).map(tuple), unique=True, min_size=1)
)
def test_there_is_always_exactly_one_choice(paths: list[tuple[str, ...]]) -> None:
    keys = [trust_chain.preference(chain_of(*path)) for path in paths]
    assert len(set(keys)) == len(keys)


def test_a_chain_as_an_explanation() -> None:
    line = Line()
    line.said[2] = policy("scope", subset_of=["openid"])
    chain = line.verify()
    shown = trust_chain.explain(chain)
    assert (shown.path, shown.anchor, shown.refusal) == (NAMES, NATION, None)
    assert (shown.metadata, shown.expires_at) == (chain.metadata, chain.expires_at)
    assert shown.steps == chain.steps


def test_a_refusal_as_an_explanation() -> None:
    line = Line()
    line.said[2] = policy("scope", superset_of=["email"])
    found = refused(line)
    shown = trust_chain.explain_refusal(NAMES, found)
    assert shown.refusal == explanation.Refusal(
        rule="metadata_policy.not_allowed",
        entity_id=SITE,
        superior_id=PROVINCE,
        operator="superset_of",
        value=["email"],
        entity_type=RP,
        parameter="scope",
    )
    assert shown.steps[-1].outcome == explanation.REFUSED
    assert (shown.path, shown.anchor) == (NAMES, NATION)
    assert trust_chain.explain_refusal((), found).anchor == ""


def test_a_refusal_says_it_without_a_sentence() -> None:
    line = Line()
    line.anchors = {}
    found = refused(line)
    assert (found.rule, found.entity_id, found.superior_id) == ("trust_anchor", NATION, "")
    assert "trust_anchor" in str(found)


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_nothing_breaks_it(texts: list[str]) -> None:
    for tokens in (texts, [*LINE.tokens[:2], *texts], [*texts, *LINE.tokens]):
        assert refused(LINE, tokens).rule


LINE = Line()
