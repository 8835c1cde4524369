"""Which of several ways counts, and what is told when none does."""

import pytest

from idp.federation import choice
from idp.federation.discovery import Candidate, DeadEnd, Discovered
from idp.federation.trust_chain import ChainRefused
from tests.federation.conftest import TrustingProvider
from tests.federation.line import CITY, NATION, NOW, PROVINCE, SITE, Line, policy
from tests.provider import Provider


@pytest.fixture
def provider(trusting: TrustingProvider) -> Provider:
    return trusting()


def candidate(line: Line) -> Candidate:
    return Candidate(tuple(one.name for one in line.entities), tuple(line.tokens), ())


def test_the_shortest_then_the_first_by_name(provider: Provider) -> None:
    long, short = Line(), Line(SITE, CITY, NATION)
    short.entities[2] = long.entities[3]
    found = Discovered(SITE, [candidate(long), candidate(short)])
    for ways in (found.candidates, found.candidates[::-1]):
        with provider.context():
            chosen, chain = choice.choose(Discovered(SITE, list(ways)), long.anchors, NOW)
        assert chosen.path == chain.path == (SITE, CITY, NATION)


def test_a_bad_way_does_not_count(provider: Provider) -> None:
    long, short = Line(), Line(SITE, CITY, NATION)
    short.entities[2] = long.entities[3]
    short.said[1] = policy("client_name", essential=True)
    with provider.context():
        chosen, _ = choice.choose(Discovered(SITE, [candidate(long), candidate(short)]), long.anchors, NOW)
    assert chosen.path == (SITE, CITY, PROVINCE, NATION)


def test_the_first_ways_refusal_is_told(provider: Provider) -> None:
    line = Line()
    line.said[2] = policy("client_name", essential=True)
    ends = [DeadEnd((SITE,), "https://x.example", "not_subordinate")]
    with provider.context(), pytest.raises(ChainRefused) as refused:
        choice.choose(Discovered(SITE, [candidate(line)], ends), line.anchors, NOW)
    assert refused.value.operator == "essential"


def test_somebody_who_is_away_leaves_it_open(provider: Provider) -> None:
    line = Line()
    line.said[2] = policy("client_name", essential=True)
    ends = [DeadEnd((SITE,), "https://x.example", "unreachable", "ReadTimeout")]
    with provider.context(), pytest.raises(choice.Undecided) as undecided:
        choice.choose(Discovered(SITE, [candidate(line)], ends), line.anchors, NOW)
    assert undecided.value.end is ends[0]


def test_of_dead_ends_the_one_that_came_furthest_is_told(provider: Provider) -> None:
    ends = [
        DeadEnd((SITE,), "https://x.example", "not_subordinate", "HTTP 404"),
        DeadEnd((SITE, CITY), "", "no_superior"),
        DeadEnd((SITE,), "https://y.example", "loop"),
    ]
    with provider.context(), pytest.raises(ChainRefused) as refused:
        choice.choose(Discovered(SITE, [], ends), {}, NOW)
    assert (refused.value.rule, refused.value.entity_id, refused.value.superior_id) == (
        "no_superior",
        CITY,
        "",
    )


def test_nothing_at_all(provider: Provider) -> None:
    with provider.context(), pytest.raises(ChainRefused) as refused:
        choice.choose(Discovered(SITE), {}, NOW)
    assert (refused.value.rule, refused.value.entity_id) == ("no_chain", SITE)
