"""Chains in use are asked about before anybody has to wait."""

import time
from collections.abc import Iterator

import pytest

from idp.federation import refreshing, resolution
from idp.federation.refreshing import REFRESHING
from idp.federation.resolution import RESOLUTION
from idp.federation.trust_chain import ChainRefused
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP, WELL_KNOWN
from tests.federation.far_line import Line, later
from tests.provider import Provider


@pytest.fixture
def used(line: Line, trusting: TrustingProvider) -> Iterator[Provider]:
    """A provider that knows the chain and used it."""
    provider = trusting(line.nation)
    REFRESHING.of(provider.app).close()
    with provider.context():
        resolution.resolve(line.site.id)
        resolution.resolve(line.site.id)
        line.elsewhere.asked.clear()
        yield provider


def test_a_chain_in_use_is_confirmed_before_its_time(used: Provider, line: Line) -> None:
    chains = RESOLUTION.get()
    with later(used, 20):
        REFRESHING.get().run_once()
        assert line.elsewhere.asked == {"/city/fetch": 1, "/province/fetch": 1, "/nation/fetch": 1}
    with later(used, 45):
        asked = sum(line.elsewhere.asked.values())
        assert resolution.resolve(line.site.id).path == line.path
        assert sum(line.elsewhere.asked.values()) == asked, "nobody had to wait"
    assert chains.known.sizes() == (1, 0)


def test_a_chain_that_nobody_uses_is_left_alone(used: Provider, line: Line) -> None:
    with later(used, 20):
        REFRESHING.get().run_once()
    line.elsewhere.asked.clear()
    with later(used, 40):
        REFRESHING.get().run_once()
    assert not line.elsewhere.asked


def test_what_many_chains_share_is_asked_once(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    REFRESHING.of(provider.app).close()
    sites = [line.elsewhere.site(f"site{number}", line.city) for number in range(20)]
    with provider.context():
        for site in sites:
            resolution.resolve(site.id)
            resolution.resolve(site.id)
        line.elsewhere.asked.clear()
        with later(provider, 20):
            REFRESHING.get().run_once()
    assert line.elsewhere.asked == {"/city/fetch": 20, "/province/fetch": 1, "/nation/fetch": 1}


def test_a_suspension_is_found_before_anybody_asks(used: Provider, line: Line) -> None:
    del line.province.below[line.city.id]
    with later(used, 20):
        REFRESHING.get().run_once()
        assert RESOLUTION.get().known.find_unconfirmed((line.site.id, "")) is None
        with pytest.raises(ChainRefused):
            resolution.resolve(line.site.id)


def test_a_superior_that_is_away_is_left_in_peace_for_a_while(used: Provider, line: Line) -> None:
    line.lose(line.nation)
    with later(used, 20):
        REFRESHING.get().run_once()
        resolution.resolve(line.site.id)
        REFRESHING.get().run_once()
    assert line.elsewhere.asked["/nation/fetch"] == 1
    with later(used, 40):
        REFRESHING.get().run_once()
    assert line.elsewhere.asked["/nation/fetch"] == 2


def test_what_an_entity_says_of_itself_is_read_anew_now_and_then(used: Provider, line: Line) -> None:
    line.site.metadata[RP]["client_name"] = "renamed"
    line.elsewhere.changed()
    with later(used, 601):
        RESOLUTION.get().known.find_unconfirmed((line.site.id, ""))
        resolution.resolve(line.site.id)
        resolution.resolve(line.site.id)
        REFRESHING.get().run_once()
        assert resolution.resolve(line.site.id).metadata[RP]["client_name"] == "renamed"


def test_a_chain_near_its_end_is_renewed(used: Provider, line: Line) -> None:
    before = resolution.resolve(line.site.id).expires_at
    with later(used, 3500):
        line.elsewhere.changed()
        resolution.resolve(line.site.id)
        resolution.resolve(line.site.id)
        REFRESHING.get().run_once()
        assert resolution.resolve(line.site.id).expires_at > before + 3000


def test_a_renewal_that_fails_leaves_the_chain_as_it_is(used: Provider, line: Line) -> None:
    line.elsewhere.faults[f"/site{WELL_KNOWN}"] = "garbage"
    with later(used, 601):
        for _ in range(3):
            resolution.resolve(line.site.id)
            REFRESHING.get().run_once()
        assert resolution.resolve(line.site.id).path == line.path
    assert line.elsewhere.asked[f"/site{WELL_KNOWN}"] == 1, "tried again later"


def test_the_thread_begins_with_a_chain_and_ends_without_use(
    line: Line, trusting: TrustingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "TICK", 0.02)
    provider = trusting(line.nation, recheck=1)
    running = REFRESHING.of(provider.app)
    with provider.context():
        resolution.resolve(line.site.id)
        first = running._thread
        assert first is not None
        until = time.monotonic() + 3
        while time.monotonic() < until and line.elsewhere.asked["/nation/fetch"] < 3:
            resolution.resolve(line.site.id)
            time.sleep(0.02)
        assert line.elsewhere.asked["/nation/fetch"] >= 3
        first.join(10)
        assert not first.is_alive()
        resolution.resolve(line.site.id)
        assert running._thread is not None
        assert running._thread is not first
    running.close()
    running.begin()
    assert not running._thread.is_alive()


def test_a_failure_does_not_stop_the_thread(
    line: Line, trusting: TrustingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "TICK", 0.02)
    provider = trusting(line.nation)
    running = REFRESHING.of(provider.app)
    rounds: list[int] = []

    def fail() -> None:
        rounds.append(1)
        raise RuntimeError("broken")

    monkeypatch.setattr(running, "run_once", fail)
    with provider.context():
        resolution.resolve(line.site.id)
    until = time.monotonic() + 3
    while len(rounds) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    running.close()
    assert len(rounds) >= 3
