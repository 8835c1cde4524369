"""Ways upward through superiors that are slow, wrong, hostile, or not there."""

import time

import pytest
from joserfc.jwk import ECKey

from idp.federation import discovery, trust_anchor
from idp.federation.discovery import Discovered
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import WELL_KNOWN, Elsewhere
from tests.provider import Provider


def discover(provider: Provider, entity_id: str) -> Discovered:
    with provider.context():
        return discovery.discover(entity_id, trust_anchor.all_anchors())


def test_every_way_is_found(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    nation = elsewhere.authority("nation")
    province, ministry = elsewhere.authority("province", nation), elsewhere.authority("ministry", nation)
    city, branch = elsewhere.authority("city", province), elsewhere.authority("branch", ministry)
    site = elsewhere.site("housing", city, branch)
    found = discover(trusting(nation), site.id)
    assert {candidate.path for candidate in found.candidates} == {
        (site.id, city.id, province.id, nation.id),
        (site.id, branch.id, ministry.id, nation.id),
    }
    assert not found.dead_ends
    assert all(len(candidate.tokens) == 5 and len(candidate.edges) == 3 for candidate in found.candidates)
    assert elsewhere.asked[f"/nation{WELL_KNOWN}"] == 1, "asked once, whoever needs it"


def test_whoever_has_no_superior_has_no_way(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    nation, alone = elsewhere.authority("nation"), elsewhere.site("alone")
    [end] = discover(trusting(nation), alone.id).dead_ends
    assert (end.path, end.rule) == ((alone.id,), "no_superior")


def test_whoever_is_no_subordinate_has_no_way(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    nation = elsewhere.authority("nation")
    liar = elsewhere.site("liar", nation)
    del nation.below[liar.id]
    [end] = discover(trusting(nation), liar.id).dead_ends
    assert (end.path, end.superior_id, end.rule) == ((liar.id,), nation.id, "not_subordinate")


def test_loops_are_left(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    nation = elsewhere.authority("nation")
    one = elsewhere.authority("one")
    two = elsewhere.authority("two", one)
    one.hints.append(two.id)
    two.add(one)
    site = elsewhere.site("site", two)
    found = discover(trusting(nation), site.id)
    assert not found.candidates
    assert [end.rule for end in found.dead_ends] == ["loop"]


def test_whoever_is_below_itself_has_no_way(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    nation, site = elsewhere.authority("nation"), elsewhere.site("site")
    site.hints.append(site.id)
    assert [end.rule for end in discover(trusting(nation), site.id).dead_ends] == ["loop"]


def test_five_hundred_superiors_in_a_ring_are_not_all_asked(
    elsewhere: Elsewhere, trusting: TrustingProvider
) -> None:
    nation = elsewhere.authority("nation")
    ring = [elsewhere.authority(f"ring{number}") for number in range(500)]
    for number, entity in enumerate(ring):
        above = [ring[(number + step) % 500] for step in range(1, 500)]
        entity.hints.extend(superior.id for superior in above)
    for superior in ring:
        for entity in ring:
            superior.add(entity)
    provider = trusting(nation, most_fetches=60, resolve_seconds=5.0)
    began = time.monotonic()
    found = discover(provider, ring[0].id)
    assert not found.candidates
    assert sum(elsewhere.asked.values()) <= 60
    assert {end.rule for end in found.dead_ends} == {"too_many"}
    assert time.monotonic() - began < 10
    assert len(found.dead_ends) < 5_000


def test_a_long_line_is_followed_so_far(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    nation = above = elsewhere.authority("nation")
    line = [above]
    for number in range(6):
        above = elsewhere.authority(f"level{number}", above)
        line.append(above)
    provider = trusting(nation, deepest=4)
    assert discover(provider, line[4].id).candidates
    found = discover(provider, line[5].id)
    assert not found.candidates
    assert [end.rule for end in found.dead_ends] == ["too_deep"]


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("slow", "unreachable"),
        ("endless", "unreachable"),
        ("trickle", "unreachable"),
        ("redirect", "unreachable"),
        ("huge", "unreachable"),
        ("html", "unreachable"),
        ("binary", "unreachable"),
        ("hang-up", "unreachable"),
        ("500", "unreachable"),
        ("429", "unreachable"),
        ("garbage", "header"),
        ("404", "no_configuration"),
        ("410", "no_configuration"),
    ],
)
def test_a_bad_superior_closes_its_own_way_only(
    elsewhere: Elsewhere, trusting: TrustingProvider, fault: str, rule: str
) -> None:
    nation = elsewhere.authority("nation")
    good, bad = elsewhere.authority("good", nation), elsewhere.authority("bad", nation)
    site = elsewhere.site("site", bad, good)
    elsewhere.faults[f"/bad{WELL_KNOWN}"] = fault
    provider = trusting(nation)
    began = time.monotonic()
    found = discover(provider, site.id)
    assert time.monotonic() - began < 5, "sooner than all the time there is"
    assert [candidate.path for candidate in found.candidates] == [(site.id, good.id, nation.id)]
    assert [(end.path, end.superior_id, end.rule) for end in found.dead_ends] == [((site.id,), bad.id, rule)]


@pytest.mark.parametrize("fault", ["slow", "endless", "redirect", "huge", "500", "404"])
def test_a_superior_whose_fetch_endpoint_is_bad(
    elsewhere: Elsewhere, trusting: TrustingProvider, fault: str
) -> None:
    nation = elsewhere.authority("nation")
    good, bad = elsewhere.authority("good", nation), elsewhere.authority("bad", nation)
    site = elsewhere.site("site", bad, good)
    elsewhere.faults["/bad/fetch"] = fault
    found = discover(trusting(nation), site.id)
    assert len(found.candidates) == 1
    assert [end.rule for end in found.dead_ends] == ["not_subordinate" if fault == "404" else "unreachable"]


def test_many_slow_superiors_are_waited_for_together(
    elsewhere: Elsewhere, trusting: TrustingProvider
) -> None:
    nation = elsewhere.authority("nation")
    slow = [elsewhere.authority(f"slow{number}", nation) for number in range(7)]
    good = elsewhere.authority("good", nation)
    site = elsewhere.site("site", *slow, good)
    elsewhere.faults |= {f"/slow{number}{WELL_KNOWN}": "slow" for number in range(7)}
    began = time.monotonic()
    assert discover(trusting(nation, resolve_seconds=20.0), site.id).candidates
    assert time.monotonic() - began < 10, "not one after the other"


@pytest.mark.parametrize(
    "endpoint",
    [
        None,
        7,
        "",
        "ftp://localhost/fetch",
        "file:///etc/passwd",
        "http://example.com/fetch",
        "https://user:pass@example.com/fetch",
        "https://example.com/fetch#x",
        "https://example.com:99999/fetch",
        "https:///fetch",
        "https://" + "x" * 3000,
        "https://例.example/fetch",
        "https://example.com/\nfetch",
    ],
)
def test_a_fetch_endpoint_that_is_none_is_not_asked(
    elsewhere: Elsewhere, trusting: TrustingProvider, endpoint: object
) -> None:
    nation = elsewhere.authority("nation")
    site = elsewhere.site("site", nation)
    nation.metadata["federation_entity"]["federation_fetch_endpoint"] = endpoint
    if endpoint is None:
        nation.metadata = {"federation_entity": {}}
    found = discover(trusting(nation), site.id)
    assert not found.candidates
    assert len(found.dead_ends) == 1
    assert set(elsewhere.asked) == {f"/site{WELL_KNOWN}", f"/nation{WELL_KNOWN}"}


def test_a_configuration_that_is_anothers_leads_nowhere(
    elsewhere: Elsewhere, trusting: TrustingProvider
) -> None:
    nation, other = elsewhere.authority("nation"), elsewhere.authority("other")
    site = elsewhere.site("site", nation)
    elsewhere.tokens[f"/nation{WELL_KNOWN}"] = other.configuration()
    assert [end.rule for end in discover(trusting(nation), site.id).dead_ends] == ["statement"]


def test_a_configuration_that_others_signed_leads_nowhere(
    elsewhere: Elsewhere, trusting: TrustingProvider
) -> None:
    nation, other = elsewhere.authority("nation"), elsewhere.authority("other")
    site = elsewhere.site("site", nation)
    other.key = ECKey.generate_key("P-256", {"kid": "nation-1"})
    elsewhere.tokens[f"/nation{WELL_KNOWN}"] = other.configuration(
        iss=nation.id, sub=nation.id, jwks=nation.jwks
    )
    assert [end.rule for end in discover(trusting(nation), site.id).dead_ends] == ["signature"]


@pytest.mark.parametrize("name", ["no address at all", "ftp://x.example", "https://例.example", "x" * 300])
def test_what_is_no_entity_identifier_is_not_asked(trusting: TrustingProvider, name: str) -> None:
    found = discover(trusting(), name)
    assert [end.rule for end in found.dead_ends] == ["entity_identifier"]


def test_an_entity_of_our_own_address_that_nobody_hosts_is_not_asked(trusting: TrustingProvider) -> None:
    provider = trusting()
    found = discover(provider, f"{provider.settings.issuer}/authorities/nobody")
    # Asked, it would be "unreachable": nothing listens there.
    assert [end.rule for end in found.dead_ends] == ["no_configuration"]
