"""The list of streams: those of one's own division, however many there are elsewhere, at the same cost."""

import re

import pytest

from idp.console import streams
from idp.operators.rights import Role
from idp.outbox.signal import Signal
from idp.relying_parties import cache
from tests.console.conftest import COUNTY, NEIGHBOUR, MakeOfficial
from tests.provider import Provider, counted
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import OWN, Client
from tests.shared_signals.test_push import told

URI = "https://fund.example.cn/events"


def stream_of(provider: Provider, division: str) -> str:
    site = registered(provider, URI, division_code=division)
    Client(site).make(f"{OWN}consent-withdrawn", push_to=URI)
    told(provider, provider.person(), Signal.CONSENT_WITHDRAWN, client_id=site.id, items=["name"])
    return site.id


def test_ones_own_are_found_behind_those_of_others(
    either: Provider, official: MakeOfficial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PAGE", 2)
    first = stream_of(either, COUNTY)
    others = [stream_of(either, NEIGHBOUR) for _ in range(3)]
    last = stream_of(either, COUNTY)
    browser = official(Role.SYSTEM_ADMINISTRATOR, at=COUNTY).browser
    seen, address = "", "/console/streams"
    while address:
        browser.go(address)
        seen += browser.response.get_data(as_text=True)
        following = re.search(
            r'href="(/console/streams\?from=[0-9a-f-]+)"', browser.response.get_data(as_text=True)
        )
        address = following[1] if following else ""
    for one in (first, last):
        assert seen.count(f'data-stream="{one}"') == 1
    assert not any(f'data-stream="{one}"' in seen for one in others)


def test_more_streams_cost_no_more_queries(
    either: Provider, official: MakeOfficial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Design §4: no query count grows with data."""
    # Streams of other tests are there too: these four are on one page with them.
    monkeypatch.setattr(streams, "PAGE", 1000)
    stream_of(either, COUNTY)
    browser = official(Role.SYSTEM_ADMINISTRATOR, at=COUNTY).browser
    browser.go("/console/streams")

    def cost() -> int:
        # All has been heard, and all but the sites is remembered.
        either.settle()
        browser.open("/console/streams")
        with either.context():
            cache.CACHE.get().forget(cache.EVERYTHING)
        with counted(either.app) as counts:
            browser.open("/console/streams")
        return len(counts.statements)

    before = cost()
    for _ in range(3):
        stream_of(either, COUNTY)
    assert cost() == before
    assert "waiting: 1" in browser.response.get_data(as_text=True)
