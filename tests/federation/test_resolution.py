"""Chains that count: found, remembered, confirmed, ended."""

import threading
import time

import pytest

from idp.db import commit
from idp.federation import (
    hosted_entity,
    hosted_statement,
    resolution,
    subordinate,
    suspension,
    trust_anchor,
    trust_chain_row,
)
from idp.federation.fetching import FETCHER
from idp.federation.resolution import RESOLUTION, Unreachable
from idp.federation.trust_chain import ChainRefused
from idp.keys import compact_jwt
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP, WELL_KNOWN, Elsewhere
from tests.federation.far_line import Line, later
from tests.provider import Provider, counted


def test_a_chain_elsewhere(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    with provider.context():
        chain = resolution.resolve(line.site.id)
    assert chain.path == line.path
    assert chain.metadata[RP]["client_name"] == "site"
    assert line.elsewhere.asked[f"/site{WELL_KNOWN}"] == 1


def test_what_is_known_costs_no_question(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    with provider.context():
        chain = resolution.resolve(line.site.id)
        asked = sum(line.elsewhere.asked.values())
        with counted(provider.app) as counts:
            for _ in range(100):
                assert resolution.resolve(line.site.id) is chain
    assert not counts.statements
    assert sum(line.elsewhere.asked.values()) == asked


def test_a_hosted_chain_costs_no_http_and_ends_at_once(
    elsewhere: Elsewhere, trusting: TrustingProvider
) -> None:
    provider = trusting()
    nation, province, site = (f"{provider.settings.issuer}/authorities/{name}" for name in ("n", "p", "s"))
    with provider.context():
        hosted_entity.create(nation, kind=hosted_entity.ANCHOR, names={"en": "N"})
        hosted_entity.create(province, kind=hosted_entity.INTERMEDIATE, names={"en": "P"})
        hosted_entity.create(site, kind=hosted_entity.LEAF, names={"en": "S"}, declared={RP: {"a": "b"}})
        subordinate.put(nation, province, entity_types=["federation_entity"], is_intermediate=True)
        subordinate.put(province, site, entity_types=[RP])
        commit()
        token = hosted_statement.configuration(nation)
        assert token is not None
        trust_anchor.add(nation, compact_jwt.unverified_claims(token)["jwks"])
        commit()
        assert resolution.resolve(site).path == (site, province, nation)
        suspension.suspend(nation, province, reason="audit", by="operator:x")
        commit()
        with pytest.raises(ChainRefused) as refused:
            resolution.resolve(site)
        assert (refused.value.rule, refused.value.entity_id, refused.value.superior_id) == (
            "not_subordinate",
            province,
            nation,
        )
        suspension.resume(nation, province, by="operator:x")
        commit()
        assert resolution.resolve(site).subject == site
        assert trust_chain_row.find(site, "") is None, "what is hosted here is not kept twice"
    assert not elsewhere.asked


def test_a_site_elsewhere_below_an_authority_here(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    provider = trusting()
    nation = f"{provider.settings.issuer}/authorities/nation"
    site = elsewhere.site("site")
    site.hints.append(nation)
    with provider.context():
        hosted_entity.create(nation, kind=hosted_entity.ANCHOR, names={"en": "N"})
        subordinate.put(nation, site.id, entity_types=[RP], jwks=site.jwks)
        commit()
        token = hosted_statement.configuration(nation)
        assert token is not None
        trust_anchor.add(nation, compact_jwt.unverified_claims(token)["jwks"])
        commit()
        assert resolution.resolve(site.id).path == (site.id, nation)
    assert elsewhere.asked == {f"/site{WELL_KNOWN}": 1}


def test_a_site_vouches_for_nobody(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    """Else whoever was admitted as a site could state of others what only superiors may say."""
    provider = trusting()
    nation = f"{provider.settings.issuer}/authorities/nation"
    site = elsewhere.authority("site")
    other = elsewhere.site("other", site)
    site.hints.append(nation)
    with provider.context():
        hosted_entity.create(nation, kind=hosted_entity.ANCHOR, names={"en": "N"})
        subordinate.put(nation, site.id, entity_types=[RP], jwks=site.jwks)
        commit()
        token = hosted_statement.configuration(nation)
        assert token is not None
        trust_anchor.add(nation, compact_jwt.unverified_claims(token)["jwks"])
        commit()
        assert resolution.resolve(site.id).path == (site.id, nation)
        with pytest.raises(ChainRefused) as refused:
            resolution.resolve(other.id)
        assert (refused.value.rule, refused.value.superior_id) == ("max_path_length", nation)
        subordinate.put(nation, site.id, entity_types=[RP], jwks=site.jwks, is_intermediate=True)
        commit()
        resolution.forget()
        assert resolution.resolve(other.id).path == (other.id, site.id, nation)


def test_suspension_elsewhere_counts_within_a_minute(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    with provider.context():
        resolution.resolve(line.site.id)
        del line.nation.below[line.province.id]
        line.elsewhere.changed()
        with later(provider, 29):
            resolution.resolve(line.site.id)
        with later(provider, 31), pytest.raises(ChainRefused) as refused:
            resolution.resolve(line.site.id)
        assert (refused.value.entity_id, refused.value.superior_id) == (line.province.id, line.nation.id)
        assert trust_chain_row.find(line.site.id, "") is None


def test_superiors_are_asked_whether_anything_has_changed(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    with provider.context():
        chain = resolution.resolve(line.site.id)
        line.elsewhere.asked.clear()
        with later(provider, 31):
            assert resolution.resolve(line.site.id) is chain
        assert line.elsewhere.asked == {"/city/fetch": 1, "/province/fetch": 1, "/nation/fetch": 1}
        assert sum(line.elsewhere.conditional.values()) == 3


def test_a_statement_that_changed_counts(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    with provider.context():
        resolution.resolve(line.site.id)
        line.province.below[line.city.id] = {"metadata_policy": {RP: {"client_name": {"value": "other"}}}}
        line.elsewhere.changed()
        with later(provider, 31):
            assert resolution.resolve(line.site.id).metadata[RP]["client_name"] == "other"
        line.province.below[line.city.id] = {"metadata_policy": {RP: {"client_name": {"one_of": ["x"]}}}}
        line.elsewhere.changed()
        with later(provider, 62), pytest.raises(ChainRefused) as refused:
            resolution.resolve(line.site.id)
        assert refused.value.operator == "one_of"


def test_a_county_outlives_the_loss_of_its_province(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    with provider.context():
        resolution.resolve(line.site.id)
        line.lose(line.province, line.nation)
        for seconds in (31, 1000, 3500):
            with later(provider, seconds):
                assert resolution.resolve(line.site.id).path == line.path
        with later(provider, 3700), pytest.raises(Unreachable):
            resolution.resolve(line.site.id)


def test_another_process_hears_that_a_chain_ended(line: Line, trusting: TrustingProvider) -> None:
    one = trusting(line.nation)
    other = Provider(one.settings)
    try:
        for provider in (one, other):
            with provider.context():
                resolution.resolve(line.site.id)
        chains = RESOLUTION.of(other.app).known
        other.settle()
        with other.context():
            resolution.resolve(line.site.id)
        del line.province.below[line.city.id]
        with one.context(), later(one, 31), pytest.raises(ChainRefused):
            resolution.resolve(line.site.id)
        other.settle()
        assert not chains.find_unconfirmed((line.site.id, ""))
        with other.context(), pytest.raises(ChainRefused):
            resolution.resolve(line.site.id)
    finally:
        other.close()


def test_a_refusal_is_remembered_for_a_moment_only(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    stranger = line.elsewhere.site("stranger", line.city)
    del line.city.below[stranger.id]
    with provider.context():
        with pytest.raises(ChainRefused):
            resolution.resolve(stranger.id)
        asked = sum(line.elsewhere.asked.values())
        for _ in range(20):
            with pytest.raises(ChainRefused):
                resolution.resolve(stranger.id)
        assert sum(line.elsewhere.asked.values()) == asked
        line.city.add(stranger)
        with later(provider, 11):
            assert resolution.resolve(stranger.id).subject == stranger.id


def test_many_at_once_ask_once(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    found: list[object] = []

    def ask() -> None:
        with provider.context():
            found.append(resolution.resolve(line.site.id))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(chain) for chain in found}) == 1
    assert line.elsewhere.asked[f"/site{WELL_KNOWN}"] == 1


def test_no_more_strangers_than_allowed_are_looked_into_at_one_time(
    line: Line, trusting: TrustingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolution, "PATIENCE", 0.1)
    provider = trusting(line.nation, concurrent=2, fetch_seconds=2.0)
    strangers = [line.elsewhere.site(f"stranger{number}", line.city) for number in range(4)]
    line.elsewhere.faults |= {f"/stranger{number}{WELL_KNOWN}": "slow" for number in range(4)}
    codes: list[str] = []

    def ask(entity_id: str) -> None:
        with provider.context(), pytest.raises(Unreachable) as refused:
            resolution.resolve(entity_id)
        codes.append(refused.value.code)

    with provider.context():
        resolution.resolve(line.site.id)
    threads = [threading.Thread(target=ask, args=(stranger.id,)) for stranger in strangers]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    with provider.context(), later(provider, 31):
        resolution.resolve(line.site.id)
        assert any(thread.is_alive() for thread in threads), "who is known does not wait for strangers"
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["federation_busy"] * 2 + ["federation_unreachable"] * 2


def test_who_found_us_busy_may_come_again_at_once(
    line: Line, trusting: TrustingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever names many strangers would lock honest sites out, each for a while."""
    monkeypatch.setattr(resolution, "PATIENCE", 0.1)
    provider = trusting(line.nation, concurrent=1)
    with provider.context():
        with FETCHER.get().looking_into_stranger(0), pytest.raises(Unreachable, match="federation_busy"):
            resolution.resolve(line.site.id)
        assert resolution.resolve(line.site.id).path == line.path


def test_the_anchor_that_is_asked_for(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    one, two, third = (elsewhere.authority(name) for name in ("one", "two", "third"))
    site = elsewhere.site("site", two, one)
    provider = trusting(one, two)
    with provider.context():
        assert resolution.resolve(site.id).anchor == one.id, "of two of one length the first by name"
        assert resolution.resolve(site.id, anchor=two.id).anchor == two.id
        with pytest.raises(ChainRefused):
            resolution.resolve(site.id, anchor=third.id)


def test_an_anchor_that_is_trusted_no_longer_ends_its_chains(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    with provider.context():
        resolution.resolve(line.site.id)
        trust_anchor.remove(line.nation.id)
        commit()
        with pytest.raises(ChainRefused):
            resolution.resolve(line.site.id)


def test_one_bad_way_does_not_hide_a_good_one(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    nation = elsewhere.authority("nation")
    strict = elsewhere.authority("a-strict", nation)
    kind = elsewhere.authority("b-kind", nation)
    site = elsewhere.site("site", strict, kind)
    strict.add(site, metadata_policy={RP: {"client_name": {"one_of": ["nobody"]}}})
    provider = trusting(nation)
    with provider.context():
        assert resolution.resolve(site.id).path == (site.id, kind.id, nation.id)


def test_without_a_valid_chain_an_unreachable_superior_leaves_it_open(
    elsewhere: Elsewhere, trusting: TrustingProvider
) -> None:
    nation = elsewhere.authority("nation")
    site = elsewhere.site("site", nation)
    elsewhere.faults["/nation/fetch"] = "500"
    provider = trusting(nation)
    with provider.context(), pytest.raises(Unreachable):
        resolution.resolve(site.id)
