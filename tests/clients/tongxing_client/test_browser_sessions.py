import dataclasses

import pytest

from tests.clients.loopback_provider import Clock
from tongxing_client import authorization_request, browser_sessions, session, session_store


def _session(clock: Clock, sid: str | None = "sid-1", sub: str = "s") -> session.Session:
    return session.Session(
        sub=sub,
        sid=sid,
        id_token="a.b.c",
        id_token_claims={"sub": sub},
        userinfo_claims={},
        access_token="at",
        access_token_ends_at=None,
        refresh_token=None,
        asked_acr=(),
        started_at=clock.now(),
        seen_at=clock.now(),
    )


@pytest.fixture
def store(clock: Clock) -> session_store.InMemorySessionStore:
    return session_store.InMemorySessionStore(now=clock.now)


@pytest.fixture
def sessions(clock: Clock, store: session_store.InMemorySessionStore) -> browser_sessions.BrowserSessions:
    return browser_sessions.BrowserSessions(store, session_seconds=1000, idle_seconds=300, now=clock.now)


def _request() -> authorization_request.AuthorizationRequest:
    return authorization_request.begin("http://localhost/callback")


def test_a_login_is_taken_once_and_by_its_browser_alone(sessions: browser_sessions.BrowserSessions) -> None:
    first, second, third = _request(), _request(), _request()
    browser = sessions.begin_login(first, None)
    assert sessions.begin_login(second, browser) == browser
    assert sessions.take_login(first.state, browser) == first
    assert sessions.take_login(first.state, browser) is None
    assert sessions.take_login(second.state, "another browser") is None
    sessions.begin_login(third, browser)
    assert sessions.take_login(third.state, None) is None
    assert sessions.take_login("unknown", browser) is None


def test_a_login_not_finished_in_time_is_gone(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    request = _request()
    browser = sessions.begin_login(request, None)
    clock.time += browser_sessions.LOGIN_SECONDS
    assert sessions.take_login(request.state, browser) is None


def test_a_session_is_found_by_its_id(sessions: browser_sessions.BrowserSessions, clock: Clock) -> None:
    begun = _session(clock)
    session_id = sessions.start(begun, None)
    assert sessions.find(session_id) == begun
    assert sessions.find("guess") is None
    assert sessions.find(None) is None
    assert sessions.find("\ud800") is None


def test_a_new_login_ends_the_old_session_of_the_browser(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    old = sessions.start(_session(clock), None)
    new = sessions.start(_session(clock, "sid-2"), old)
    assert old != new
    assert sessions.find(old) is None
    assert sessions.find(new) is not None


def test_the_store_holds_no_session_id(
    sessions: browser_sessions.BrowserSessions, store: session_store.InMemorySessionStore, clock: Clock
) -> None:
    session_id = sessions.start(_session(clock), None)
    assert session_id not in str(store._kinds)


def test_a_session_ends_when_idle(sessions: browser_sessions.BrowserSessions, clock: Clock) -> None:
    session_id = sessions.start(_session(clock), None)
    for _ in range(3):
        clock.time += 250
        assert sessions.find(session_id) is not None
    clock.time += 301
    assert sessions.find(session_id) is None


def test_a_session_ends_at_the_latest(sessions: browser_sessions.BrowserSessions, clock: Clock) -> None:
    session_id = sessions.start(_session(clock), None)
    for _ in range(9):
        clock.time += 110
        assert sessions.find(session_id) is not None
    clock.time += 11
    assert sessions.find(session_id) is None


def test_a_logout_by_sid_ends_that_session_only(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    one, two = sessions.start(_session(clock, "sid-1"), None), sessions.start(_session(clock, "sid-2"), None)
    none = sessions.start(_session(clock, None), None)
    sessions.end_sid("sid-1")
    assert sessions.find(one) is None
    assert sessions.find(two) is not None
    assert sessions.find(none) is not None


def test_a_logout_that_comes_before_the_session_ends_it_too(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    sessions.end_sid("sid-1")
    assert sessions.find(sessions.start(_session(clock), None)) is None


def test_a_logout_deletes_the_session(
    sessions: browser_sessions.BrowserSessions, store: session_store.InMemorySessionStore, clock: Clock
) -> None:
    for sid, sub in (("sid-1", "s"), ("sid-2", "t"), ("sid-3", "u")):
        sessions.start(_session(clock, sid, sub), None)
    sessions.end_sid("sid-1")
    sessions.end_sub("t")
    sessions.end_live_sid("sid-3")
    assert not store._kinds["session"]
    assert not store._groups


def test_no_flood_brings_an_ended_session_back(clock: Clock) -> None:
    store = session_store.InMemorySessionStore(max_entries=3, now=clock.now)
    sessions = browser_sessions.BrowserSessions(store, now=clock.now)
    ended = sessions.start(_session(clock), None)
    sessions.end_sid("sid-1")
    for number in range(10):
        sessions.end_sid(f"other-{number}")
        sessions.end_sub(f"other-{number}")
        sessions.end_live_sid(f"another-{number}")
    assert sessions.find(ended) is None


def test_a_logout_through_a_browser_ends_what_lives_and_leaves_no_mark(
    sessions: browser_sessions.BrowserSessions, store: session_store.InMemorySessionStore, clock: Clock
) -> None:
    sessions.end_live_sid("sid-1")
    assert not store._kinds
    session_id = sessions.start(_session(clock), None)
    clock.time -= 1  # The provider's clock may be ahead of ours.
    assert sessions.find(session_id) is not None
    sessions.end_live_sid("sid-1")
    assert sessions.find(session_id) is None


def test_newer_tokens_do_not_bring_an_ended_session_back(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    begun = _session(clock)
    session_id = sessions.start(begun, None)
    sessions.end_live_sid("sid-1")
    sessions.update(session_id, dataclasses.replace(begun, access_token="new"))
    assert sessions.find(session_id) is None


def test_a_look_at_the_session_while_it_ends_does_not_bring_it_back(
    sessions: browser_sessions.BrowserSessions,
    store: session_store.InMemorySessionStore,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session_id = sessions.start(_session(clock), None)
    clock.time += 100
    find = store.find

    def find_and_end(kind: str, key: str) -> str | None:
        found = find(kind, key)
        monkeypatch.undo()
        sessions.end_live_sid("sid-1")
        return found

    monkeypatch.setattr(store, "find", find_and_end)
    assert sessions.find(session_id) is None
    assert sessions.find(session_id) is None


def test_a_session_used_for_long_is_still_found_by_a_logout(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    session_id = sessions.start(_session(clock), None)
    for _ in range(3):
        clock.time += 250
        assert sessions.find(session_id) is not None
    sessions.end_live_sid("sid-1")
    assert sessions.find(session_id) is None


def test_a_logout_told_late_leaves_what_began_after_it(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    told = clock.now()
    clock.time += 1
    session_id = sessions.start(_session(clock), None)
    sessions.end_sid("sid-1", told)
    sessions.end_sub("s", told)
    assert sessions.find(session_id) is not None


def test_who_logged_out_here_only_can_come_back(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    # The provider's session goes on, and so does its sid: only what was begun before the logout has ended.
    before = sessions.start(_session(clock), None)
    clock.time += 1
    sessions.end_sid("sid-1")
    assert sessions.find(before) is None
    clock.time += 1
    assert sessions.find(sessions.start(_session(clock), None)) is not None


def test_a_logout_by_sub_ends_all_until_now_and_none_after(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    first, second = sessions.start(_session(clock, "a"), None), sessions.start(_session(clock, None), None)
    other = sessions.start(_session(clock, "b", sub="t"), None)
    clock.time += 1
    sessions.end_sub("s")
    clock.time += 1
    later = sessions.start(_session(clock, "c"), None)
    assert [sessions.find(one) is not None for one in (first, second, other, later)] == [
        False,
        False,
        True,
        True,
    ]


def test_ending_gives_back_what_it_was(sessions: browser_sessions.BrowserSessions, clock: Clock) -> None:
    begun = _session(clock)
    session_id = sessions.start(begun, None)
    assert sessions.end(session_id) == begun
    assert sessions.end(session_id) is None


def test_newer_tokens_are_kept_under_the_same_id(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    begun = _session(clock)
    session_id = sessions.start(begun, None)
    changed = dataclasses.replace(begun, access_token="new")
    sessions.update(session_id, changed)
    assert sessions.find(session_id) == changed


def test_a_jti_is_new_once(sessions: browser_sessions.BrowserSessions, clock: Clock) -> None:
    assert sessions.is_first_use("j", 100)
    assert not sessions.is_first_use("j", 100)
    clock.time += 101
    assert sessions.is_first_use("j", 100)


def _with_phone(clock: Clock) -> session.Session:
    return dataclasses.replace(_session(clock), userinfo_claims={"sub": "s", "phone_number": "+86138"})


def test_what_was_taken_back_is_gone_from_the_store_too(
    sessions: browser_sessions.BrowserSessions, store: session_store.InMemorySessionStore, clock: Clock
) -> None:
    found = sessions.start(_with_phone(clock), None)
    sessions.change_sub("s", session.Change(at=clock.now(), items=("phone_number",)), "jti")
    assert "+86138" not in str(store._kinds)
    left = sessions.find(found)
    assert left is not None
    assert "phone_number" in left.withdrawn


def test_a_session_stored_after_the_word_came_is_changed_as_well(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    sessions.change_sub("s", session.Change(at=clock.now(), items=("phone_number",)), "jti")
    left = sessions.find(sessions.start(_with_phone(clock), None))
    assert left is not None
    assert "phone_number" not in left.claims
    clock.time += 1
    later = sessions.find(sessions.start(_with_phone(clock), None))
    assert later is not None
    assert "phone_number" in later.claims


def test_who_was_writing_at_that_moment_cannot_bring_it_back(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    """A page read the session before, and writes it with newer tokens after."""
    found = sessions.start(_with_phone(clock), None)
    before = sessions.find(found)
    assert before is not None
    sessions.change_sub("s", session.Change(at=clock.now(), items=("phone_number",)), "jti")
    assert sessions.update(found, before)
    left = sessions.find(found)
    assert left is not None
    assert "phone_number" not in left.claims


def test_several_words_add_up_and_the_same_one_counts_once(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    found = sessions.start(_with_phone(clock), None)
    for name, items in (("a", ("phone_number",)), ("b", ("gender",)), ("a", ("phone_number",))):
        sessions.change_sub("s", session.Change(at=clock.now(), items=items), name)
    left = sessions.find(found)
    assert left is not None
    assert set(left.withdrawn) == {"phone_number", "gender"}


def test_who_was_logged_out_by_the_provider_can_be_told_why_for_a_while(
    sessions: browser_sessions.BrowserSessions, clock: Clock
) -> None:
    one, two = sessions.start(_session(clock), None), sessions.start(_session(clock, sid="sid-2"), None)
    sessions.end_sid("sid-1", clock.now(), "session_revoked")
    sessions.end(two)
    assert (sessions.find_farewell(one), sessions.find_farewell(two)) == ("session_revoked", "")
    assert (sessions.find_farewell(None), sessions.find_farewell("unknown")) == ("", "")
    clock.time += browser_sessions.FAREWELL_SECONDS
    assert sessions.find_farewell(one) == ""


def test_what_was_heard_is_remembered(sessions: browser_sessions.BrowserSessions, clock: Clock) -> None:
    assert not sessions.is_heard("j")
    sessions.note_heard("j", 100)
    assert sessions.is_heard("j")
    clock.time += 100
    assert not sessions.is_heard("j")
