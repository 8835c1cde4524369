"""Questions to entities here and elsewhere, and what counts as an answer."""

import time

import pytest

from idp import outgoing
from idp.federation import fetching
from idp.federation.fetching import FETCHER, Answer, Outcome, Question
from idp.settings import SETTINGS
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import WELL_KNOWN, Elsewhere
from tests.provider import Provider


def ask(provider: Provider, *questions: Question, seconds: float = 6.0) -> list[Answer]:
    with provider.context():
        return FETCHER.get().ask(questions, deadline=time.monotonic() + seconds, known=False)


def configuration(provider: Provider, entity_id: str) -> Question:
    with provider.context():
        return fetching.configuration(entity_id)


@pytest.fixture
def strict(trusting: TrustingProvider) -> Provider:
    """A provider whose rules for addresses are those of production."""
    provider = trusting()
    provider.app.extensions["tongxing.settings"] = provider.settings.model_copy(update={"sandbox": False})
    return provider


def test_a_configuration_elsewhere(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    site = elsewhere.site("site")
    provider = trusting()
    question = configuration(provider, site.id)
    assert question.url == f"{site.id}{WELL_KNOWN}"
    [answer] = ask(provider, question)
    assert (answer.outcome, answer.hosted) == (Outcome.GIVEN, False)
    assert answer.token == elsewhere.tokens[f"/site{WELL_KNOWN}"]
    [again] = ask(provider, Question(site.id, site.id, question.url, answer.etag))
    assert (again.outcome, again.token) == (Outcome.SAME, "")


def test_the_same_question_is_asked_once(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    site = elsewhere.site("site")
    provider = trusting()
    question = configuration(provider, site.id)
    one, other = ask(provider, question, question)
    assert one == other
    assert elsewhere.asked[f"/site{WELL_KNOWN}"] == 1


@pytest.mark.parametrize(
    ("fault", "outcome", "reason"),
    [
        ("404", Outcome.ABSENT, "HTTP 404"),
        ("410", Outcome.ABSENT, "HTTP 410"),
        ("500", Outcome.AWAY, "HTTP 500"),
        ("429", Outcome.AWAY, "HTTP 429"),
        ("redirect", Outcome.AWAY, "HTTP 302"),
        ("html", Outcome.AWAY, "content type"),
        ("binary", Outcome.AWAY, "not a statement"),
        ("huge", Outcome.AWAY, "TooLong"),
        ("slow", Outcome.AWAY, "ReadTimeout"),
        ("trickle", Outcome.AWAY, "ReadTimeout"),
        ("hang-up", Outcome.AWAY, "RemoteProtocolError"),
    ],
)
def test_an_answer_that_is_no_statement(
    elsewhere: Elsewhere, trusting: TrustingProvider, fault: str, outcome: Outcome, reason: str
) -> None:
    site = elsewhere.site("site")
    elsewhere.faults[f"/site{WELL_KNOWN}"] = fault
    provider = trusting()
    [answer] = ask(provider, configuration(provider, site.id))
    assert (answer.outcome, answer.reason) == (outcome, reason)
    assert not elsewhere.asked["/elsewhere"], "no redirect is followed"


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, b'{"error":"not_found"}', Outcome.ABSENT),
        (403, b'{"error":"not_found"}', Outcome.ABSENT),
        (400, b'{"error":"invalid_request"}', Outcome.AWAY),
        (400, b'{"error":["not_found"]}', Outcome.AWAY),
        (400, b'["not_found"]', Outcome.AWAY),
        (400, b"[" * 100_000, Outcome.AWAY),
        (401, b"", Outcome.AWAY),
        (503, b'{"error":"not_found"}', Outcome.AWAY),
        (304, b"", Outcome.AWAY),
        (204, b"", Outcome.AWAY),
        (99, b"", Outcome.AWAY),
        (799, b"", Outcome.AWAY),
    ],
)
def test_an_error_says_that_there_is_none(status: int, body: bytes, outcome: Outcome) -> None:
    assert fetching._read(outgoing.Reply(status, {}, body), asked_for="").outcome == outcome


def test_an_etag_that_is_too_long_is_not_kept() -> None:
    headers = {"content-type": "Application/Entity-Statement+JWT; charset=utf-8", "etag": "x" * 300}
    answer = fetching._read(outgoing.Reply(200, headers, b"a.b.c\n"), asked_for="")
    assert (answer.outcome, answer.token, answer.etag) == (Outcome.GIVEN, "a.b.c", "")


@pytest.mark.parametrize(
    "entity_id",
    [
        "http://localhost:1",
        "https://localhost",
        "https://127.0.0.1",
        "https://10.0.0.1",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest",
        "https://[::1]",
        "https://[fd00::1]",
        "http://example.com",
    ],
)
def test_a_private_address_is_no_entity_outside_the_sandbox(strict: Provider, entity_id: str) -> None:
    with strict.context(), pytest.raises(ValueError, match="must"):
        fetching.configuration(entity_id)


def test_a_name_that_leads_to_a_private_address_is_never_asked_outside_the_sandbox(
    elsewhere: Elsewhere, strict: Provider
) -> None:
    elsewhere.site("site")
    port = elsewhere.url.rsplit(":", 1)[1]
    # Whatever an identifier looks like: what counts is where its name leads at the moment of connecting.
    url = f"http://localhost:{port}/site{WELL_KNOWN}"
    question = Question("https://inside.example", "https://inside.example", url)
    [answer] = ask(strict, question)
    assert (answer.outcome, answer.reason) == (Outcome.AWAY, "NotPublic")
    assert not elsewhere.asked


def test_a_fetch_endpoint_on_this_machine_is_no_address_outside_the_sandbox(strict: Provider) -> None:
    with strict.context(), pytest.raises(ValueError, match="https"):
        fetching.subordinate("https://a.example", "http://localhost:9/fetch", "https://b.example")


def test_nobody_makes_us_ask_ourselves(trusting: TrustingProvider) -> None:
    """Our own endpoints would ask us again, and we them, as often as our limits allow."""
    provider = trusting()
    issuer = provider.settings.issuer
    for own in (issuer, issuer.replace("localhost", "LOCALHOST"), issuer.replace("localhost", "localhost.")):
        endpoint = f"{own}/federation/resolve?trust_anchor=https://n.example"
        with provider.context(), pytest.raises(ValueError, match="no https address"):
            fetching.subordinate("https://a.example", endpoint, "https://b.example")


def test_the_subordinate_stands_in_the_query(trusting: TrustingProvider) -> None:
    with trusting().context():
        plain = fetching.subordinate("https://a.example", "https://a.example/fetch", "https://b.example/x?y")
        more = fetching.subordinate("https://a.example", "https://a.example/fetch?z=1", "https://b.example")
    assert plain.url == "https://a.example/fetch?sub=https%3A%2F%2Fb.example%2Fx%3Fy"
    assert more.url == "https://a.example/fetch?z=1&sub=https%3A%2F%2Fb.example"


def test_whoever_has_not_answered_in_time_is_away(elsewhere: Elsewhere, trusting: TrustingProvider) -> None:
    sites = [elsewhere.site(f"site{number}") for number in range(40)]
    elsewhere.faults |= {f"/{site.name}{WELL_KNOWN}": "slow" for site in sites}
    provider = trusting()
    questions = [configuration(provider, site.id) for site in sites]
    began = time.monotonic()
    answers = ask(provider, *questions, seconds=0.5)
    assert time.monotonic() - began < 2, "the deadline counts, not what one statement may take"
    assert {answer.outcome for answer in answers} == {Outcome.AWAY}
    [late] = ask(provider, questions[0], seconds=-1)
    assert late.reason == "no time left"


def test_a_slow_host_with_many_entities_keeps_nobody_else_waiting(
    elsewhere: Elsewhere, trusting: TrustingProvider
) -> None:
    """Else whoever has a slow authority and many sites keeps a suspended one: its superior would seem to be away."""
    tarpit = Elsewhere()
    try:
        sites = [tarpit.site(f"site{number}") for number in range(12)]
        tarpit.faults |= {f"/{site.name}{WELL_KNOWN}": "slow" for site in sites}
        honest = elsewhere.site("honest")
        provider = trusting(concurrent=1, fetch_seconds=1.0)
        questions = [configuration(provider, site.id) for site in (*sites, honest)]
        answers = ask(provider, *questions, seconds=5.0)
    finally:
        tarpit.close()
    assert [answer.outcome for answer in answers] == [Outcome.AWAY] * 12 + [Outcome.GIVEN]


def test_an_unknown_host(trusting: TrustingProvider) -> None:
    provider = trusting()
    for name in ("https://nobody.invalid", "https://" + "a" * 63 + ".invalid"):
        [answer] = ask(provider, configuration(provider, name))
        assert answer.outcome == Outcome.AWAY


def test_strangers_wait_for_their_turn(trusting: TrustingProvider) -> None:
    provider = trusting(concurrent=1)
    with provider.context():
        fetcher = FETCHER.get()
        with fetcher.looking_into_stranger(0) as first, fetcher.looking_into_stranger(0.01) as second:
            assert (first, second) == (True, False)
        with fetcher.looking_into_stranger(0) as third:
            assert third
        assert SETTINGS.get().federation.concurrent == 1
