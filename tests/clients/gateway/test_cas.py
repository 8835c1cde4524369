import json
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.clients.gateway.conftest import NAMES, SITE, MakeGateway, parse
from tests.clients.loopback_provider import Clock, LoopbackProvider
from tests.clients.visitor import Visitor

SERVICE = "https://school.example.gov.cn/app/enrol?course=7"
LIBRARY = "https://library.example.gov.cn/cas"


@pytest.fixture
def visitor(make_gateway: MakeGateway) -> Visitor:
    return Visitor(make_gateway(url=SITE))


def enter(visitor: Visitor, service: str = SERVICE, **query: str) -> TestResponse:
    """Go to ``/cas/login`` and, where it sends us, through the provider and back."""
    answer = visitor.get("/cas/login", query_string={"service": service, **query})
    if answer.status_code == 303 and "/authorize?" in visitor.location:
        back = visitor.get(visitor.way_back()).headers["Location"]
        answer = visitor.get(back)
    return answer


def ticket_in(answer: TestResponse) -> str:
    return parse_qs(urlsplit(answer.headers["Location"]).query)["ticket"][0]


def validate(
    visitor: Visitor, ticket: str, service: str = SERVICE, path: str = "/cas/p3/serviceValidate", **query: str
) -> ET.Element:
    answer = visitor.get(path, query_string={"service": service, "ticket": ticket, **query})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert answer.headers["Cache-Control"] == "no-store"
    return parse(answer.text)


def code(tree: ET.Element) -> str | None:
    found = tree.find("cas:authenticationFailure", NAMES)
    return None if found is None else found.get("code")


def test_a_person_who_logs_in_comes_to_the_service_which_learns_who_it_is(visitor: Visitor) -> None:
    answer = enter(visitor)
    assert answer.headers["Location"].startswith(f"{SERVICE}&ticket=ST-")
    tree = validate(visitor, ticket_in(answer))
    assert tree.findtext(".//cas:user", namespaces=NAMES) == "pairwise-zhang"
    told = {one.tag.partition("}")[2]: one.text for one in tree.findall(".//cas:attributes/*", NAMES)}
    # phone_number is listed, and was not received: what was not received is not told.
    assert set(told) == {
        "name",
        "acr",
        "authenticationDate",
        "longTermAuthenticationRequestTokenUsed",
        "isFromNewLogin",
    }
    assert told["name"] == "张伟"


def test_a_second_service_asks_nothing_anew(visitor: Visitor, provider: LoopbackProvider) -> None:
    provider.id_token_claims["acr"] = "urn:tongxing:loa:3"
    provider.person["legacy_id"] = "LIB-00017"
    enter(visitor)
    answer = visitor.get("/cas/login", query_string={"service": LIBRARY})
    assert answer.headers["Location"].startswith(f"{LIBRARY}?ticket=ST-")
    tree = validate(visitor, ticket_in(answer), LIBRARY)
    assert tree.findtext(".//cas:user", namespaces=NAMES) == "LIB-00017"


def test_a_ticket_is_good_once(visitor: Visitor) -> None:
    ticket = ticket_in(enter(visitor))
    assert code(validate(visitor, ticket)) is None
    assert code(validate(visitor, ticket)) == "INVALID_TICKET"


def test_a_ticket_is_good_for_the_service_it_was_issued_for_and_is_then_used_up(visitor: Visitor) -> None:
    ticket = ticket_in(enter(visitor))
    assert code(validate(visitor, ticket, LIBRARY)) == "INVALID_SERVICE"
    assert code(validate(visitor, ticket)) == "INVALID_TICKET"
    other = ticket_in(visitor.get("/cas/login", query_string={"service": SERVICE}))
    assert code(validate(visitor, other, SERVICE + "8")) == "INVALID_SERVICE"


@pytest.mark.parametrize("query", [{}, {"service": SERVICE}, {"ticket": "ST-1"}])
def test_both_parameters_are_needed(visitor: Visitor, query: dict[str, str]) -> None:
    answer = visitor.get("/cas/serviceValidate", query_string=query)
    assert code(parse(answer.text)) == "INVALID_REQUEST"


def test_the_answer_in_json(visitor: Visitor) -> None:
    ticket = ticket_in(enter(visitor))
    query = {"service": SERVICE, "ticket": ticket, "format": "json"}
    answer = visitor.get("/cas/p3/serviceValidate", query_string=query)
    told: dict[str, Any] = json.loads(answer.text)["serviceResponse"]["authenticationSuccess"]
    assert (told["user"], told["attributes"]["name"]) == ("pairwise-zhang", "张伟")


def test_the_older_address_tells_the_user_alone(visitor: Visitor) -> None:
    tree = validate(visitor, ticket_in(enter(visitor)), path="/cas/serviceValidate")
    assert tree.findtext(".//cas:user", namespaces=NAMES) == "pairwise-zhang"
    assert tree.find(".//cas:attributes", NAMES) is None


@pytest.mark.parametrize(
    "service",
    ["https://evil.example/", "https://school.example.gov.cn.evil.example/app/", "javascript:1", "x"],
)
def test_nobody_is_sent_to_a_service_that_is_not_listed(visitor: Visitor, service: str) -> None:
    enter(visitor)
    page = visitor.get("/cas/login", query_string={"service": service})
    assert page.status_code == 403
    assert 'data-error="service_not_listed"' in page.text
    assert "Location" not in page.headers


def test_a_login_for_no_service_says_where_to_begin(visitor: Visitor) -> None:
    page = visitor.get("/cas/login")
    assert (page.status_code, 'data-error="no_service"' in page.text) == (403, True)


def test_a_service_that_needs_a_higher_level_gets_it_or_a_sentence(
    visitor: Visitor, provider: LoopbackProvider
) -> None:
    enter(visitor)
    page = enter(visitor, LIBRARY)
    assert 'data-error="step_up_not_reached"' in page.text
    provider.id_token_claims["acr"] = "urn:tongxing:loa:3"
    fresh = Visitor(visitor.client.application)
    assert "ticket=ST-" in enter(fresh, LIBRARY).headers["Location"]


def test_renew_makes_the_person_authenticate_for_this_ticket(visitor: Visitor, clock: Clock) -> None:
    enter(visitor)
    clock.time += 5
    silent = ticket_in(visitor.get("/cas/login", query_string={"service": SERVICE}))
    assert code(validate(visitor, silent, renew="true")) == "INVALID_TICKET_SPEC"
    visitor.get("/cas/login", query_string={"service": SERVICE, "renew": "true"})
    assert visitor.asked()["max_age"] == "0"
    assert visitor.asked()["prompt"] == "login"
    clock.time += 5
    back = visitor.get(visitor.way_back()).headers["Location"]
    assert code(validate(visitor, ticket_in(visitor.get(back)), renew="true")) is None


def test_a_renewal_cannot_be_had_from_an_old_one_or_a_made_up_one(visitor: Visitor, clock: Clock) -> None:
    enter(visitor, renew="true")
    clock.time += 60
    for renewal in ("made-up", "0", ""):
        query = {"service": SERVICE, "renew": "true", "renewal": renewal}
        visitor.get("/cas/login", query_string=query)
        assert visitor.asked()["prompt"] == "login"
    # Begun now, and nobody has authenticated since: the way back alone does not count.
    visitor.get("/cas/login", query_string={"service": SERVICE, "renew": "true"})
    state = visitor.asked()["state"]
    assert state
    begun = Visitor(visitor.client.application)
    begun.client = visitor.client
    clock.time += 1
    begun.get("/cas/login", query_string={"service": SERVICE, "renew": "true", "renewal": state})
    assert begun.asked()["prompt"] == "login"


def test_gateway_sends_a_stranger_on_without_a_ticket_and_without_a_question(visitor: Visitor) -> None:
    answer = visitor.get("/cas/login", query_string={"service": SERVICE, "gateway": "true"})
    assert answer.headers["Location"] == SERVICE
    enter(visitor)
    answer = visitor.get("/cas/login", query_string={"service": SERVICE, "gateway": "true"})
    assert "ticket=ST-" in answer.headers["Location"]


def test_false_is_no_wish(visitor: Visitor) -> None:
    enter(visitor)
    query = {"service": SERVICE, "renew": "false", "gateway": "false"}
    assert "ticket=ST-" in visitor.get("/cas/login", query_string=query).headers["Location"]


def test_logging_out_ends_it_everywhere(visitor: Visitor, provider: LoopbackProvider) -> None:
    enter(visitor)
    assert visitor.get("/cas/logout").headers["Location"] == "/logout"
    visitor.get("/logout")
    assert visitor.location.startswith(f"{provider.issuer}/end_session?")
    visitor.get("/cas/login", query_string={"service": SERVICE})
    assert "/authorize?" in visitor.location


def test_the_deep_link_of_the_service_survives_the_login(visitor: Visitor) -> None:
    deep = "https://school.example.gov.cn/app/a%20b?x=%E4%B8%AD&y=1+2"
    answer = enter(visitor, deep)
    assert answer.headers["Location"].startswith(f"{deep}&ticket=")
    assert code(validate(visitor, ticket_in(answer), deep)) is None


def test_without_listed_services_there_are_no_tickets(make_gateway: MakeGateway) -> None:
    assert Visitor(make_gateway(services=())).get("/cas/login").status_code == 404
