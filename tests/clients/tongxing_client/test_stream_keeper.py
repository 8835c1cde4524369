import threading
from collections.abc import Callable, Iterator

import pytest

from tests.clients.loopback_provider import Clock, Reply, json_reply
from tests.clients.loopback_transmitter import LoopbackTransmitter
from tests.waiting import eventually
from tongxing_client import (
    browser_sessions,
    event_stream,
    event_types,
    relying_party,
    session_store,
    shared_signals,
    stream_keeper,
)
from tongxing_client.security_event_token import SecurityEvent

HERE = "http://localhost:5000/security_events"
Make = Callable[..., stream_keeper.StreamKeeper]


class Site:
    """What hears the events: it may fail, and remembers."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.fails_for: set[str] = set()

    def note(self, event: SecurityEvent) -> None:
        if event.jti in self.fails_for:
            raise RuntimeError("the database is away")
        self.heard.append(event.jti)


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def make_keeper(
    transmitter: LoopbackTransmitter, party: relying_party.RelyingParty, clock: Clock, site: Site
) -> Iterator[Make]:
    keepers: list[stream_keeper.StreamKeeper] = []

    def make(*, push: bool = False, **pace: float) -> stream_keeper.StreamKeeper:
        sessions = browser_sessions.BrowserSessions(
            session_store.InMemorySessionStore(now=clock.now), now=clock.now
        )
        signals = shared_signals.SharedSignals(
            party, sessions, handlers={event_types.CREDENTIAL_CHANGE: site.note}
        )
        wanted = event_stream.Wanted(events=signals.events, push_url=HERE if push else None)
        keepers.append(stream_keeper.StreamKeeper(party.event_streams, signals, wanted, **pace))
        return keepers[-1]

    yield make
    for one in keepers:
        one.stop()


def _poll_url(transmitter: LoopbackTransmitter) -> str:
    return f"{transmitter.provider.issuer}/ssf/poll"


def test_what_is_fetched_is_acknowledged_after_it_was_done(
    transmitter: LoopbackTransmitter, make_keeper: Make, site: Site
) -> None:
    told = [transmitter.add(event_types.CREDENTIAL_CHANGE) for _ in range(120)]
    make_keeper().fetch(_poll_url(transmitter))
    assert site.heard == told
    assert transmitter.acknowledged == told
    assert not transmitter.pending


def test_what_is_no_good_is_refused_with_its_reason(
    transmitter: LoopbackTransmitter, make_keeper: Make, site: Site
) -> None:
    good = transmitter.add(event_types.CREDENTIAL_CHANGE)
    bad = transmitter.add(event_types.CREDENTIAL_CHANGE, aud="somebody")
    transmitter.pending["garbage"] = "garbage"
    make_keeper().fetch(_poll_url(transmitter))
    assert site.heard == [good]
    assert transmitter.refused[bad]["err"] == "invalid_audience"
    assert transmitter.refused["garbage"]["err"] == "invalid_request"
    assert not transmitter.pending


def test_what_could_not_be_done_is_neither_acknowledged_nor_lost(
    transmitter: LoopbackTransmitter, make_keeper: Make, site: Site
) -> None:
    stuck = transmitter.add(event_types.CREDENTIAL_CHANGE)
    good = transmitter.add(event_types.CREDENTIAL_CHANGE)
    site.fails_for = {stuck}
    keeper = make_keeper()
    keeper.fetch(_poll_url(transmitter))
    assert transmitter.acknowledged == [good]
    assert list(transmitter.pending) == [stuck]
    site.fails_for = set()
    keeper.fetch(_poll_url(transmitter))
    assert transmitter.acknowledged == [good, stuck]


def test_it_waits_for_a_provider_that_is_away_and_then_fetches(
    transmitter: LoopbackTransmitter, make_keeper: Make, site: Site
) -> None:
    well_known = "/.well-known/ssf-configuration"
    answer, is_away = transmitter.provider.replies[well_known], threading.Event()
    is_away.set()
    transmitter.provider.replies[well_known] = lambda asked: Reply(503) if is_away.is_set() else answer(asked)
    keeper = make_keeper(poll_seconds=0.05)
    keeper.start()
    eventually(lambda: transmitter.provider.count(well_known) > 0)
    assert keeper.stream is None
    is_away.clear()
    told = transmitter.add(event_types.CREDENTIAL_CHANGE)
    eventually(lambda: told in transmitter.acknowledged)
    eventually(lambda: keeper.is_verified)
    assert site.heard == [told]


def test_a_stream_that_was_lost_is_made_again(transmitter: LoopbackTransmitter, make_keeper: Make) -> None:
    keeper = make_keeper(push=True, check_seconds=0.05)
    keeper.start()
    eventually(lambda: len(transmitter.streams) == 1)
    transmitter.streams.clear()
    eventually(lambda: len(transmitter.streams) == 1)


def test_nothing_makes_the_site_deaf_for_good(
    transmitter: LoopbackTransmitter, make_keeper: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, ensure, calls = make_keeper(push=True), stream_keeper.StreamKeeper.ensure, list[int]()

    def broken_once(self: stream_keeper.StreamKeeper) -> event_stream.Stream:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("the store is away")
        return ensure(self)

    monkeypatch.setattr(stream_keeper.StreamKeeper, "ensure", broken_once)
    monkeypatch.setattr(stream_keeper, "_FIRST_PAUSE", 0.05)
    keeper.start()
    eventually(lambda: keeper.stream is not None)


def test_a_stream_is_woken_at_the_start_and_left_to_rest_later(
    transmitter: LoopbackTransmitter, make_keeper: Make
) -> None:
    keeper = make_keeper(push=True)
    stream_id = keeper.ensure().stream_id
    transmitter.statuses[stream_id] = "paused"
    keeper.ensure()
    assert transmitter.statuses[stream_id] == "paused"
    make_keeper(push=True).ensure()
    assert transmitter.statuses[stream_id] == "enabled"


def test_it_stops(transmitter: LoopbackTransmitter, make_keeper: Make) -> None:
    keeper = make_keeper(push=True)
    keeper.stop()
    keeper.start()
    keeper.stop()
    assert not keeper._thread.is_alive()


def test_a_verified_stream_is_not_verified_again(transmitter: LoopbackTransmitter, make_keeper: Make) -> None:
    keeper = make_keeper()
    keeper.ensure()
    assert len(transmitter.states) == 1
    keeper.fetch(_poll_url(transmitter))
    assert keeper.is_verified
    keeper.ensure()
    assert len(transmitter.states) == 1


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_provider_that_gives_the_same_for_ever_is_not_asked_for_ever(
    transmitter: LoopbackTransmitter, make_keeper: Make, site: Site, *, is_empty: bool
) -> None:
    told = transmitter.add(event_types.CREDENTIAL_CHANGE)
    sets = {} if is_empty else {told: transmitter.pending[told]}
    transmitter.provider.replies["/ssf/poll"] = lambda _: json_reply({"sets": sets, "moreAvailable": True})
    make_keeper().fetch(_poll_url(transmitter))
    assert transmitter.provider.count("/ssf/poll") <= 2
    assert site.heard == ([] if is_empty else [told])


def test_a_clock_that_is_behind_loses_nothing(
    transmitter: LoopbackTransmitter, make_keeper: Make, site: Site, clock: Clock
) -> None:
    told = transmitter.add(event_types.CREDENTIAL_CHANGE, iat=int(clock.now()) + 120)
    keeper = make_keeper()
    keeper.fetch(_poll_url(transmitter))
    assert (site.heard, transmitter.refused) == ([], {})
    clock.time += 120
    keeper.fetch(_poll_url(transmitter))
    assert site.heard == [told]
