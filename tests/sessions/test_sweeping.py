"""Forgetting sessions that ended long ago."""

from datetime import timedelta

from idp import clock
from idp.db import commit, db
from idp.sessions import participant, sweeping
from idp.sessions import session as sessions
from idp.sessions.session import Session
from tests.provider import Provider


def test_sessions_are_forgotten_with_their_sites_long_after_their_end(either: Provider) -> None:
    site, person = either.site(), either.person()
    site.code(person)
    with either.context():
        session = sessions.live_sessions(person.id)[0]
        sessions.mark_ended(session, "test")
        commit()
        sweeping.sweep()
        commit()
        assert db.session.get(Session, session.id) is not None, "people look here for what was"
        with clock.shifted(sweeping.KEPT + timedelta(days=1)):
            assert sweeping.sweep() >= 1
            commit()
        db.session.expire_all()
        assert db.session.get(Session, session.id) is None
        assert participant.of_session(session.id) == []


def test_live_sessions_stay(provider: Provider) -> None:
    person = provider.person()
    provider.site().code(person)
    with provider.context():
        sweeping.sweep()
        commit()
        assert len(sessions.live_sessions(person.id)) == 1
