"""What the page after a logout knows of the sites."""

import pytest

from idp import clock
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from idp.sessions import logout, logout_progress
from idp.sessions import session as sessions
from tests.provider import Provider
from tests.site import Site


def ended(provider: Provider, *sites: Site) -> str:
    """Log somebody in at *sites*, end the session, and return the ticket."""
    person = provider.person()
    visitor = sites[0].visitor()
    for site in sites:
        site.code(person, visitor)
    with provider.context():
        session = sessions.live_sessions(person.id)[0]
        told = logout.end(session, "test")
        commit()
        return logout_progress.remember(
            session, told, frames=[], asking=sites[0].id, return_url="https://x.example/"
        )


def test_each_sites_state_is_that_of_its_message(either: Provider) -> None:
    back = {"backchannel_logout_uri": "https://back.example.cn/out"}
    told, failing, silent = either.site(**back), either.site(**back), either.site()
    ticket = ended(either, told, failing, silent)
    with either.context():
        done = logout_progress.find(ticket)
        assert done is not None
        assert (done.asking, done.return_url) == (told.id, "https://x.example/")
        assert logout_progress.states(done) == {told.id: "pending", failing.id: "pending", silent.id: "done"}
        for row in db.session.query(OutboxMessage).filter(OutboxMessage.receiver.in_([told.id, failing.id])):
            row.attempts = 1
            if row.receiver == told.id:
                row.delivered_at = clock.now()
            else:
                row.last_error = "HTTP 500"
        commit()
        assert logout_progress.states(done) == {told.id: "done", failing.id: "failed", silent.id: "done"}


def test_an_earlier_logout_at_the_same_site_does_not_count(provider: Provider) -> None:
    site = provider.site(backchannel_logout_uri="https://back.example.cn/out")
    first, second = ended(provider, site), ended(provider, site)
    with provider.context():
        done = logout_progress.find(first)
        later = logout_progress.find(second)
        assert done is not None
        assert later is not None
        assert done.session_id != later.session_id
        assert logout_progress.states(later) == {site.id: "pending"}


@pytest.mark.parametrize("ticket", ["", "x", "x" * 32, "\0" * 32, "é" * 32, "x" * 5000])
def test_an_invented_ticket_finds_nothing(provider: Provider, ticket: str) -> None:
    with provider.context():
        assert logout_progress.find(ticket) is None


def test_a_page_whose_minutes_are_over_leads_to_the_start(provider: Provider) -> None:
    visitor = provider.site().visitor()
    visitor.open(f"/logged-out/{'%00' * 32}")
    assert (visitor.response.status_code, visitor.location) == (303, "/")
    visitor.open(f"/logged-out/{'x' * 32}/progress")
    assert visitor.response.json == {"sites": []}
