from datetime import timedelta
from typing import Any

import pytest

from idp import clock
from idp.db import commit
from idp.federation import federation_key, hosted_entity, subordinate, suspension, trust_anchor
from idp.federation.hosted_entity import PROVIDER
from idp.keys import compact_jwt
from idp.setting_sections import Limits
from tests.endpoints import entity
from tests.federation import hosted
from tests.federation.hosted import Tree
from tests.provider import NewProvider, Provider, counted

PATH = "/federation/resolve"


@pytest.fixture
def tree(either: Provider) -> Tree:
    with either.context():
        made = hosted.plant()
        trust_anchor.add(made.anchor, federation_key.jwks(made.anchor))
        hosted_entity.update(
            made.province, metadata_policy={hosted.RP: {"contacts": {"add": ["help@zj.example"]}}}
        )
        commit()
    return made


def test_metadata_as_it_counts_signed_by_whoever_was_asked(either: Provider, tree: Tree) -> None:
    answer = entity.ask(either, tree.anchor, PATH, sub=tree.site, trust_anchor=tree.anchor)
    assert (answer.status_code, answer.mimetype) == (200, "application/resolve-response+jwt")
    assert compact_jwt.unverified_header(answer.text)["typ"] == "resolve-response+jwt"
    with either.context():
        said = hosted.read(answer.text, federation_key.jwks(tree.anchor))
    assert (said["iss"], said["sub"]) == (tree.anchor, tree.site)
    assert said["metadata"][hosted.RP]["contacts"] == ["help@zj.example"]
    assert [compact_jwt.unverified_claims(token)["sub"] for token in said["trust_chain"]] == [
        tree.site, tree.site, tree.province, tree.anchor,
    ]  # fmt: skip
    assert said["iat"] <= clock.timestamp() < said["exp"]


def test_only_the_types_that_were_asked_for(either: Provider, tree: Tree) -> None:
    def types(*wanted: str) -> set[str]:
        answer = entity.ask(
            either, tree.province, PATH, sub=tree.site, trust_anchor=tree.anchor, entity_type=list(wanted)
        )
        found: set[str] = compact_jwt.unverified_claims(answer.text)["metadata"].keys()
        return set(found)

    assert types(hosted.RP) == {hosted.RP}
    assert types("openid_provider") == set()
    assert types(hosted.RP, hosted.AUTHORITY) == {hosted.RP, hosted.AUTHORITY}


def test_the_provider_resolves_too_and_a_site_does_not(either: Provider, tree: Tree) -> None:
    issuer = either.settings.issuer
    with either.context():
        if hosted_entity.find(issuer) is None:
            hosted_entity.create(issuer, kind=PROVIDER, names={"zh-Hans": "通行"})
            commit()
    query = {"sub": tree.site, "trust_anchor": tree.anchor}
    assert entity.ask(either, issuer, PATH, **query).status_code == 200
    assert entity.ask(either, tree.site, PATH, **query).status_code == 400
    assert entity.ask(either, f"{issuer}/authorities/none", PATH, **query).status_code == 404


def test_an_anchor_among_several(either: Provider, tree: Tree) -> None:
    both = ["https://other.example", tree.anchor]
    assert entity.ask(either, tree.anchor, PATH, sub=tree.site, trust_anchor=both).status_code == 200
    other = entity.ask(either, tree.anchor, PATH, sub=tree.site, trust_anchor="https://other.example")
    assert (other.status_code, other.get_json()["error"]) == (404, "invalid_trust_anchor")


def test_a_suspended_one_has_no_chain_at_once(either: Provider, tree: Tree) -> None:
    query = {"sub": tree.site, "trust_anchor": tree.anchor}
    assert entity.ask(either, tree.anchor, PATH, **query).status_code == 200
    with either.context():
        suspension.suspend(tree.anchor, tree.province, reason="?", by="operator:test")
        commit()
    refused = entity.ask(either, tree.anchor, PATH, **query)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_trust_chain")
    assert tree.province in refused.get_json()["error_description"]


def test_a_policy_that_is_not_met_is_named(either: Provider, tree: Tree) -> None:
    with either.context():
        subordinate.put(
            tree.province,
            tree.site,
            entity_types=[hosted.RP],
            metadata_policy={hosted.RP: {"client_name": {"essential": True}}},
        )
        commit()
    refused = entity.ask(either, tree.anchor, PATH, sub=tree.site, trust_anchor=tree.anchor)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_trust_chain")


def test_a_chain_that_is_known_is_answered_with_two_reads(either: Provider, tree: Tree) -> None:
    query = {"sub": tree.site, "trust_anchor": tree.anchor}
    either.settle()
    entity.ask(either, tree.anchor, PATH, **query)
    with counted(either.app) as counts:
        assert entity.ask(either, tree.anchor, PATH, **query).status_code == 200
    # Who was asked, and with which key they sign.
    assert len(counts.statements) == 2


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"sub": "SITE"},
        {"trust_anchor": "ANCHOR"},
        {"sub": ["SITE", "SITE"], "trust_anchor": "ANCHOR"},
        {"sub": "x" * 400, "trust_anchor": "ANCHOR"},
        {"sub": "ä", "trust_anchor": "ANCHOR"},
        {"sub": "\0", "trust_anchor": "ANCHOR"},
        {"sub": "SITE", "trust_anchor": ["ANCHOR"] * 30},
        {"sub": "SITE", "trust_anchor": "ANCHOR", "entity_type": ["x"] * 30},
    ],
)
def test_what_makes_no_sense_is_refused(
    either: Provider, tree: Tree, query: dict[str, str | list[str]]
) -> None:
    names = {"SITE": tree.site, "ANCHOR": tree.anchor}
    asked: dict[str, Any] = {
        name: [names.get(one, one) for one in value] if isinstance(value, list) else names.get(value, value)
        for name, value in query.items()
    }
    answer = entity.ask(either, tree.anchor, PATH, **asked)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("sub", ["nonsense", "http://10.1.2.3/internal", "http://localhost:1/closed"])
def test_strangers_that_cannot_be_reached_are_refused_and_never_an_error(
    either: Provider, tree: Tree, sub: str
) -> None:
    answer = entity.ask(either, tree.anchor, PATH, sub=sub, trust_anchor=tree.anchor)
    assert answer.status_code in {400, 503}
    assert answer.get_json()["error"] in {"invalid_trust_chain", "temporarily_unavailable"}


def test_one_address_cannot_ask_without_end(new_provider: NewProvider) -> None:
    provider = new_provider(limits=Limits(resolutions_per_address=2))
    statuses = [
        entity.ask(provider, "http://localhost:8000", PATH, sub="x", trust_anchor="y").status_code
        for _ in range(3)
    ]
    assert statuses == [404, 404, 429]


def test_it_holds_as_long_as_the_first_statement(either: Provider, tree: Tree) -> None:
    query = {"sub": tree.site, "trust_anchor": tree.anchor}
    first = compact_jwt.unverified_claims(entity.ask(either, tree.anchor, PATH, **query).text)
    ends = [compact_jwt.unverified_claims(token)["exp"] for token in first["trust_chain"]]
    assert first["exp"] == min(ends)
    with clock.shifted(timedelta(seconds=first["exp"] - clock.timestamp())):
        again = compact_jwt.unverified_claims(entity.ask(either, tree.anchor, PATH, **query).text)
    assert again["exp"] > first["exp"]
