"""What a process knows of chains: bounded, ended by time and by announcements."""

from dataclasses import replace
from typing import Any

import pytest

from idp import clock
from idp.federation.known_chains import Known, KnownChains
from tests.federation.line import CITY, NATION, PROVINCE, SITE, Line
from tests.timer import Timer

NAME = (SITE, "")


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def chains(timer: Timer) -> KnownChains:
    return KnownChains(30.0, 3, timer)


def known(**changes: Any) -> Known:
    chain = replace(Line().verify(), expires_at=clock.timestamp() + 1000)
    values: dict[str, Any] = {"asked": 1000.0, "used": 1000.0, "found": 1000.0} | changes
    return Known(chain, chain.tokens, (), **values)


def test_a_chain_counts_while_its_superiors_were_asked_lately(chains: KnownChains, timer: Timer) -> None:
    one = known()
    chains.put(NAME, one, chains.announced())
    assert chains.find(NAME) is one
    timer.now += 29.9
    assert chains.find(NAME) is one
    timer.now += 0.2
    assert chains.find(NAME) is None
    assert chains.find_unconfirmed(NAME) is one
    assert chains.find((SITE, NATION)) is None


def test_a_chain_that_ended_does_not_count(chains: KnownChains) -> None:
    one = known()
    one.chain = replace(one.chain, expires_at=clock.timestamp())
    chains.put(NAME, one, chains.announced())
    assert chains.find_unconfirmed(NAME) is None


def test_use_is_noted(chains: KnownChains, timer: Timer) -> None:
    chains.put(NAME, known(), chains.announced())
    assert not chains.in_use()
    timer.now += 1
    chains.find(NAME)
    assert [name for name, _ in chains.in_use()] == [NAME]


@pytest.mark.parametrize("entity", [SITE, CITY, PROVINCE, NATION, "*"])
def test_whatever_is_on_the_way_ends_it(chains: KnownChains, entity: str) -> None:
    chains.put(NAME, known(), chains.announced())
    chains.forget("https://other.example")
    assert chains.find(NAME)
    chains.forget(entity)
    assert chains.find_unconfirmed(NAME) is None


def test_what_was_read_before_an_announcement_is_not_kept(chains: KnownChains) -> None:
    since = chains.announced()
    chains.forget("https://other.example")
    chains.put(NAME, known(), since)
    assert chains.find(NAME), "it concerned somebody else"
    chains.forget(PROVINCE)
    chains.put(NAME, known(), since)
    assert chains.find(NAME) is None
    since = chains.announced()
    for _ in range(300):
        chains.forget("https://other.example")
    chains.put(NAME, known(), since)
    assert chains.find(NAME) is None, "so many that nobody knows any more whom they concerned"


def test_refusals_are_forgotten_with_time_and_announcements(chains: KnownChains, timer: Timer) -> None:
    error = ValueError("no chain")
    chains.refuse(NAME, error, chains.announced())
    assert chains.find_refusal(NAME) is error
    timer.now += 11
    assert chains.find_refusal(NAME) is None
    chains.refuse(NAME, error, chains.announced())
    chains.forget("https://other.example")
    assert chains.find_refusal(NAME) is None
    since = chains.announced()
    chains.forget("https://other.example")
    chains.refuse(NAME, error, since)
    assert chains.find_refusal(NAME) is None


def test_a_refusal_takes_the_chains_place_and_back(chains: KnownChains) -> None:
    chains.put(NAME, known(), chains.announced())
    chains.refuse(NAME, ValueError("no chain"), chains.announced())
    assert chains.find(NAME) is None
    chains.put(NAME, known(), chains.announced())
    assert chains.find_refusal(NAME) is None


def test_only_this_chain_is_dropped(chains: KnownChains) -> None:
    one, other = known(), known()
    chains.put(NAME, one, chains.announced())
    chains.drop(NAME, other)
    assert chains.find(NAME) is one
    chains.drop(NAME, one)
    assert chains.find(NAME) is None


def test_they_are_bounded(chains: KnownChains) -> None:
    for number in range(10):
        chains.put((f"https://site{number}.example", ""), known(), chains.announced())
    for number in range(1100):
        chains.refuse((f"https://bad{number}.example", ""), ValueError(), chains.announced())
    assert chains.sizes() == (3, 1000)
