"""Each event is heard by whom it concerns, under the subject they know, and by nobody else."""

from collections.abc import Callable

import pytest

from idp.accounts import account as accounts
from idp.consent import record
from idp.consent.decision import Asked
from idp.db import commit
from idp.outbox.signal import Signal
from idp.relying_parties import cache
from idp.sessions import logout, sid
from idp.sessions import session as sessions
from tests.person import Person, Visitor
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import CAEP, OWN, RISC, Client
from tests.shared_signals.test_push import fanned_out, told
from tests.site import Site, decoded

REVOKED, CREDENTIAL = f"{CAEP}session-revoked", f"{CAEP}credential-change"
CHANGED, PURGED, LEVEL = f"{RISC}identifier-changed", f"{RISC}account-purged", f"{CAEP}assurance-level-change"
WITHDRAWN = f"{OWN}consent-withdrawn"
EVERYTHING = (REVOKED, CREDENTIAL, CHANGED, PURGED, LEVEL, WITHDRAWN)


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person()


@pytest.fixture
def listens(either: Provider) -> Callable[..., tuple[Site, Client, dict[str, object]]]:
    """A function that makes a site with a stream of everything."""

    def make() -> tuple[Site, Client, dict[str, object]]:
        site = registered(either)
        client = Client(site)
        return site, client, client.make(*EVERYTHING)

    return make


def heard(client: Client, stream: dict[str, object]) -> list[dict[str, object]]:
    return [client.checked(token) for token in client.poll(stream)["sets"].values()]


def test_the_end_of_a_session_is_heard_by_who_took_part_in_it(
    either: Provider, person: Person, listens: Callable[..., tuple[Site, Client, dict[str, object]]]
) -> None:
    (here, first, stream), (elsewhere, second, other) = listens(), listens()
    elsewhere.tokens(person)  # another browser
    token = here.tokens(person, Visitor(either.app, either.settings.issuer))["id_token"]
    with either.context():
        session = sessions.live_sessions(person.id)[0]
        logout.end(session, "ended_by_owner")
        commit()
        seen = sid.of(session.id, here.id)
    fanned_out(either, person)
    (claims,) = heard(first, stream)
    assert claims["sub_id"] == {
        "format": "complex",
        "user": {"format": "iss_sub", "iss": here.issuer, "sub": decoded(token)[1]["sub"]},
        "session": {"format": "opaque", "id": seen},
    }
    assert decoded(token)[1]["sid"] == seen
    ((name, members),) = claims["events"].items()  # type: ignore[attr-defined]
    assert (name, members["initiating_entity"]) == (REVOKED, "user")
    assert heard(second, other) == []


def test_a_site_that_is_left_alone_hears_it_alone(
    either: Provider, person: Person, listens: Callable[..., tuple[Site, Client, dict[str, object]]]
) -> None:
    (here, first, stream), (there, second, other) = listens(), listens()
    visitor = Visitor(either.app, either.settings.issuer)
    here.tokens(person, visitor)
    there.redeem(there.code(person, visitor))
    with either.context():
        logout.leave(sessions.live_sessions(person.id)[0], here.id)
        commit()
    fanned_out(either, person)
    assert [list(one["events"]) for one in heard(first, stream)] == [[REVOKED]]  # type: ignore[call-overload]
    assert heard(second, other) == []


def test_a_way_of_signing_in_concerns_who_has_the_person_logged_in(
    either: Provider, person: Person, listens: Callable[..., tuple[Site, Client, dict[str, object]]]
) -> None:
    (here, first, stream), (_, second, other) = listens(), listens()
    here.tokens(person)
    told(either, person, Signal.CREDENTIAL_CHANGE, credential_type="password", change_type="update")
    (claims,) = heard(first, stream)
    members = claims["events"][CREDENTIAL]  # type: ignore[index]
    assert (members["credential_type"], members["change_type"]) == ("password", "update")
    assert heard(second, other) == []
    with either.context():
        logout.end(sessions.live_sessions(person.id)[0], "logged_out")
        commit()
    fanned_out(either, person)
    told(either, person, Signal.CREDENTIAL_CHANGE, credential_type="password", change_type="update")
    assert CREDENTIAL not in [name for one in heard(first, stream)[1:] for name in one["events"]]  # type: ignore[attr-defined]


def test_a_site_that_was_given_something_hears_of_the_end_after_the_login_too(
    either: Provider, person: Person, listens: Callable[..., tuple[Site, Client, dict[str, object]]]
) -> None:
    (here, first, stream), (_, second, other) = listens(), listens()
    here.tokens(person)
    with either.context():
        logout.end(sessions.live_sessions(person.id)[0], "logged_out")
        commit()
    fanned_out(either, person)
    told(either, person, Signal.ACCOUNT_PURGED)
    assert [name for one in heard(first, stream) for name in one["events"]] == [REVOKED, PURGED]  # type: ignore[attr-defined]
    assert heard(second, other) == []


def test_a_changed_number_concerns_who_has_the_number(
    either: Provider, person: Person, listens: Callable[..., tuple[Site, Client, dict[str, object]]]
) -> None:
    (here, first, stream), (nameless, second, other) = listens(), listens()
    here.tokens(person)
    nameless.tokens(person, scope="openid profile")
    told(either, person, Signal.IDENTIFIER_CHANGED, identifier="phone_number")
    (claims,) = heard(first, stream)
    assert claims["events"][CHANGED]["identifier"] == "phone_number"  # type: ignore[index]
    assert heard(second, other) == []


def test_what_concerns_one_site_is_heard_by_no_other(
    either: Provider, person: Person, listens: Callable[..., tuple[Site, Client, dict[str, object]]]
) -> None:
    (here, first, stream), (there, second, other) = listens(), listens()
    here.tokens(person)
    there.tokens(person)
    told(either, person, Signal.CONSENT_WITHDRAWN, client_id=here.id, items=["name"], record_id="r")
    (claims,) = heard(first, stream)
    members = claims["events"][WITHDRAWN]  # type: ignore[index]
    assert (members["items"], members["record_id"]) == (["name"], "r")
    assert heard(second, other) == []


def test_two_sites_cannot_tell_that_they_heard_of_the_same_person(
    either: Provider, person: Person, listens: Callable[..., tuple[Site, Client, dict[str, object]]]
) -> None:
    (here, first, stream), (there, second, other) = listens(), listens()
    here.tokens(person)
    there.tokens(person)
    told(either, person, Signal.ASSURANCE_LEVEL_CHANGE, before=1, after=3)
    (one,), (another,) = heard(first, stream), heard(second, other)
    assert one["sub_id"] != another["sub_id"]
    parts, others = str(one["jti"]).split("-"), str(another["jti"]).split("-")
    assert not set(parts) & set(others), "no moment and no number of the cause that both have"
    assert one["events"][LEVEL] == another["events"][LEVEL]  # type: ignore[index]
    members = one["events"][LEVEL]  # type: ignore[index]
    assert (members["previous_level"], members["current_level"]) == ("1", "3")
    assert members["change_direction"] == "increase"


def test_a_removed_subject_is_not_heard_of_until_it_is_added(
    either: Provider, person: Person, listens: Callable[..., tuple[Site, Client, dict[str, object]]]
) -> None:
    here, client, stream = listens()
    sub = decoded(here.tokens(person)["id_token"])[1]["sub"]
    subject = {"format": "iss_sub", "iss": here.issuer, "sub": sub}
    body = {"stream_id": stream["stream_id"], "subject": subject}
    assert client.ask("POST", "/ssf/subjects/remove", body) == (204, None)
    assert client.ask("POST", "/ssf/subjects/remove", body) == (204, None)
    told(either, person, Signal.ASSURANCE_LEVEL_CHANGE, before=3, after=1)
    assert heard(client, stream) == []
    assert client.ask("POST", "/ssf/subjects/add", body)[0] == 200
    told(either, person, Signal.ASSURANCE_LEVEL_CHANGE, before=1, after=3)
    assert len(heard(client, stream)) == 1


def test_who_was_refused_everything_hears_nothing(
    either: Provider, person: Person, listens: Callable[..., tuple[Site, Client, dict[str, object]]]
) -> None:
    here, client, stream = listens()
    with either.context():
        account = accounts.get(person.id)
        rp = cache.find(here.id)
        assert rp is not None
        record.refuse(account, rp, Asked(frozenset({"name"}), frozenset(), purpose="", legal_basis="consent"))
        commit()
    told(either, person, Signal.ASSURANCE_LEVEL_CHANGE, before=1, after=3)
    told(either, person, Signal.ACCOUNT_DISABLED)
    told(either, person, Signal.ACCOUNT_PURGED)
    assert heard(client, stream) == [], "it does not know the person"


def test_what_was_taken_back_is_told_no_more_but_the_end_is(
    either: Provider, person: Person, listens: Callable[..., tuple[Site, Client, dict[str, object]]]
) -> None:
    here, client, stream = listens()
    here.tokens(person)
    with either.context():
        logout.end(sessions.live_sessions(person.id)[0], "logged_out")
        record.withdraw(person.id, here.id)
        commit()
    fanned_out(either, person)
    client.poll(stream, ack=list(client.poll(stream)["sets"]))
    told(either, person, Signal.IDENTIFIER_CHANGED, identifier="phone_number")
    told(either, person, Signal.ASSURANCE_LEVEL_CHANGE, before=1, after=3)
    assert heard(client, stream) == []
    told(either, person, Signal.ACCOUNT_PURGED)
    assert [name for one in heard(client, stream) for name in one["events"]] == [PURGED]  # type: ignore[attr-defined]
