"""Explanations: every way, every step, and where it ended."""

import pytest

from idp.federation import explaining, explanation, resolution
from idp.federation.explanation import Explanation
from idp.federation.fetching import FETCHER
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP, WELL_KNOWN, Elsewhere
from tests.provider import Provider


def explain(provider: Provider, entity_id: str) -> Explanation:
    with provider.context():
        return explaining.explain(entity_id)


def test_two_ways_one_of_which_counts(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    nation = elsewhere.authority("nation")
    province, ministry = elsewhere.authority("province", nation), elsewhere.authority("ministry", nation)
    city = elsewhere.authority("city", province)
    site = elsewhere.site("site", city, ministry)
    province.add(city, metadata_policy={RP: {"client_name": {"default": "x"}}})
    found = explain(trusting(nation), site.id)
    assert found.refusal is None
    assert found.chosen is not None
    assert found.chains[found.chosen].path == (site.id, ministry.id, nation.id)
    assert {chain.path for chain in found.chains} == {
        (site.id, ministry.id, nation.id),
        (site.id, city.id, province.id, nation.id),
    }
    other = next(chain for chain in found.chains if city.id in chain.path)
    step = next(one for one in other.steps if one.policy_after)
    assert step.policy_after == {RP: {"client_name": {"default": "x"}}}


def test_a_refusal_names_step_entity_operator_and_value(
    elsewhere: Elsewhere, trusting: TrustingProvider
) -> None:
    nation = elsewhere.authority("nation")
    province = elsewhere.authority("province", nation)
    site = elsewhere.site("site", province)
    nation.add(province, metadata_policy={RP: {"client_name": {"one_of": ["allowed"]}}})
    found = explain(trusting(nation), site.id)
    assert found.chosen is None
    assert found.refusal is not None
    assert (found.refusal.operator, found.refusal.parameter) == ("one_of", "client_name")
    assert found.chains[0].refusal == found.refusal
    assert explanation.to_json(found)["refusal"]["operator"] == "one_of"


@pytest.mark.parametrize("fault", ["slow", "404", "huge"])
def test_a_way_that_broke_off(elsewhere: Elsewhere, trusting: TrustingProvider, fault: str) -> None:
    nation = elsewhere.authority("nation")
    province = elsewhere.authority("province", nation)
    site = elsewhere.site("site", province)
    elsewhere.faults[f"/province{WELL_KNOWN}"] = fault
    found = explain(trusting(nation), site.id)
    [chain] = found.chains
    assert chain.path == (site.id, province.id)
    assert found.refusal is not None
    assert found.refusal.rule == ("no_configuration" if fault == "404" else "unreachable")
    assert (found.refusal.entity_id, found.refusal.superior_id) == (site.id, province.id)


def test_an_entity_that_does_not_answer(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    found = explain(trusting(elsewhere.authority("nation")), f"{elsewhere.url}/nobody")
    assert found.refusal is not None
    assert (found.refusal.rule, found.refusal.value) == ("no_configuration", "HTTP 404")
    [chain] = found.chains
    assert chain.path == (f"{elsewhere.url}/nobody",)


def test_what_is_no_entity(trusting: TrustingProvider) -> None:
    found = explain(trusting(), "nonsense")
    assert found.refusal is not None
    assert found.refusal.rule == "entity_identifier"


def test_what_is_remembered_does_not_count(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    nation = elsewhere.authority("nation")
    site = elsewhere.site("site", nation)
    provider = trusting(nation)
    with provider.context():
        resolution.resolve(site.id)
        del nation.below[site.id]
        assert explaining.explain(site.id).chosen is None


def test_a_ring_is_told_in_bounds(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    nation = elsewhere.authority("nation")
    ring = [elsewhere.authority(f"ring{number}") for number in range(20)]
    for entity in ring:
        entity.hints.extend(other.id for other in ring if other is not entity)
        for other in ring:
            entity.add(other)
    found = explain(trusting(nation), ring[0].id)
    assert found.chosen is None
    assert 0 < len(found.chains) <= explaining.MOST_SHOWN


def test_too_many_at_one_time(
    elsewhere: Elsewhere, trusting: TrustingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explaining, "PATIENCE", 0.01)
    provider = trusting(concurrent=1)
    with (
        provider.context(),
        FETCHER.get().looking_into_stranger(1),
        pytest.raises(resolution.Unreachable) as refused,
    ):
        explaining.explain(elsewhere.site("site").id)
    assert refused.value.code == "federation_busy"
