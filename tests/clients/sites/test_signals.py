from collections.abc import Callable, Mapping
from typing import Any

import flask
import pytest
from werkzeug.test import TestResponse

from clients.sites import words
from clients.sites.city.definition import CITY
from clients.sites.county.definition import COUNTY
from clients.sites.definition import Definition
from clients.sites.heard import Heard
from clients.sites.holdings import Holdings
from clients.sites.province.definition import PROVINCE
from clients.sites.signals import SiteSignals
from tests.clients.loopback_provider import Reply, json_reply
from tests.clients.loopback_transmitter import LoopbackTransmitter
from tests.clients.sites.conftest import SITE
from tests.clients.visitor import Visitor
from tongxing_client import errors, event_types
from tongxing_client.security_event_token import SecurityEvent

Make = Callable[..., flask.Flask]
SUB = "pairwise-zhang"


def _event(event_type: str, members: Mapping[str, Any], sub: str | None = SUB) -> SecurityEvent:
    return SecurityEvent(
        jti="j",
        type=event_type,
        members=members,
        sub=sub,
        sid=None,
        stream_id=None,
        issued_at=100,
        happened_at=100,
    )


def _push(
    app: flask.Flask, transmitter: LoopbackTransmitter, definition: Definition, event: str, members: object
) -> TestResponse:
    token = transmitter.token(event, members, client_id=SITE)
    client = app.test_client()
    return client.post("/security_events", data=token, content_type="application/secevent+jwt")


@pytest.mark.parametrize(
    ("definition", "status"), [(PROVINCE, "completed"), (CITY, "partial"), (COUNTY, "refused")]
)
def test_a_request_to_delete_is_answered_with_what_the_law_allows(
    make_site: Make, transmitter: LoopbackTransmitter, definition: Definition, status: str
) -> None:
    app = make_site(definition)
    members = {"request_id": "r-1", "event_timestamp": transmitter.provider.clock.now()}
    assert _push(app, transmitter, definition, event_types.DELETION_REQUESTED, members).status_code == 202
    (told,) = transmitter.deletions
    assert (told["request_id"], told["status"]) == ("r-1", status)
    assert bool(told.get("reason")) is (status != "completed")


def test_a_request_that_cannot_be_answered_now_comes_again(
    make_site: Make, transmitter: LoopbackTransmitter
) -> None:
    app = make_site(CITY)
    provider = transmitter.provider
    taken = provider.replies["/data_deletion"]
    provider.replies["/data_deletion"] = lambda _: Reply(503)
    token = transmitter.token(event_types.DELETION_REQUESTED, {"request_id": "r-1"}, client_id=SITE)

    def push() -> int:
        answer = app.test_client().post(
            "/security_events", data=token, content_type="application/secevent+jwt"
        )
        return answer.status_code

    assert push() == 503
    provider.replies["/data_deletion"] = taken
    assert [push(), push()] == [202, 202]
    assert len(transmitter.deletions) == 1


@pytest.mark.parametrize(("status", "answer"), [(404, 202), (409, 202), (400, 503), (401, 503)])
def test_a_request_that_is_settled_is_not_answered_for_ever(
    make_site: Make, transmitter: LoopbackTransmitter, status: int, answer: int
) -> None:
    transmitter.provider.replies["/data_deletion"] = lambda _: json_reply({"error": "x"}, status)
    app = make_site(CITY)
    members = {"request_id": "r-1"}
    assert _push(app, transmitter, CITY, event_types.DELETION_REQUESTED, members).status_code == answer


def test_a_request_without_its_id_is_refused(make_site: Make, transmitter: LoopbackTransmitter) -> None:
    answer = _push(make_site(CITY), transmitter, CITY, event_types.DELETION_REQUESTED, {})
    assert (answer.status_code, answer.get_json()["err"]) == (400, "invalid_request")


@pytest.mark.parametrize("event_type", [event_types.DELETION_REQUESTED, event_types.ACCOUNT_PURGED])
def test_what_is_to_be_deleted_is(event_type: str) -> None:
    held, answers = Holdings(), list[tuple[str, str, str]]()
    signals = SiteSignals(CITY, held, Heard(), lambda: 100)
    signals.answer_deletion = lambda *answer: answers.append(answer)
    held.keep(SUB, "phone_number", "+86138", 90)
    signals.handlers()[event_type](_event(event_type, {"request_id": "r"}))
    assert held.find(SUB, "phone_number") is None
    assert len(answers) == (event_type == event_types.DELETION_REQUESTED)


def test_events_about_nobody_are_passed_over() -> None:
    told = Heard()
    signals = SiteSignals(CITY, Holdings(), told, lambda: 100)
    for event_type, handler in signals.handlers().items():
        if event_type == event_types.DELETION_REQUESTED:
            with pytest.raises(errors.SecurityEventTokenInvalid):
                handler(_event(event_type, {"request_id": "r"}, sub=None))
        else:
            handler(_event(event_type, {}, sub=None))
    assert not told._people


def test_without_anybody_to_answer_a_request_is_not_swallowed() -> None:
    signals = SiteSignals(CITY, Holdings(), Heard(), lambda: 100)
    with pytest.raises(errors.WrongSettings):
        signals.handlers()[event_types.DELETION_REQUESTED](
            _event(event_types.DELETION_REQUESTED, {"request_id": "r"})
        )


def test_every_event_has_its_words_and_the_person_reads_them(
    make_site: Make, transmitter: LoopbackTransmitter
) -> None:
    app = make_site(CITY)
    for event_type, told in words.EVENTS.items():
        members = {"request_id": "r", "items": ["phone_number"]}
        assert _push(app, transmitter, CITY, event_type, members).status_code == 202
        transmitter.provider.clock.time += 60
        visitor = Visitor(app)
        visitor.log_in()
        page = visitor.get("/records").text
        assert told.what.zh in page
        assert told.done.zh in page
    assert 'data-event="consent-withdrawn"' in page
    assert "：手机号码" in page
    assert told.what.en in visitor.get("/records?lang=en").text
    assert 'id="heard"' not in Visitor(app).get("/").text
