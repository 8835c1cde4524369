"""吴杰 does one service for somebody who is at the window: code, card, time, receipt; nobody else comes in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.db import commit
from idp.identifiers import citizen_id
from idp.mandates import assisted, mandate, relatives
from idp.mandates.terms import Terms
from idp.operators.rights import Role
from idp.proofing import evidence
from idp.sessions import session as sessions
from tests.accounts.gateway import Gateway
from tests.console.conftest import MakeOfficial, Official, citizen_number, post_directly, text, with_a_form
from tests.person import Person
from tests.proofing.register_server import RegisterServer
from tests.provider import Provider, Template

SITE = {
    "division_code": "330106",
    "item_codes": ["estate-query", "estate-transfer"],
    "initiate_login_uri": "https://registry.example/login",
}


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.close()


@pytest.fixture
def registers(tmp_path: Path) -> Iterator[RegisterServer]:
    made = RegisterServer(tmp_path)
    yield made
    made.close()


@pytest.fixture
def either(
    template: Template, tmp_path: Path, gateway: Gateway, registers: RegisterServer
) -> Iterator[Provider]:
    """A provider of one's own whose messages arrive and whose card register answers."""
    made = template.on_sqlite(tmp_path, sms={"url": gateway.url}, registers=registers.settings(timeout=2.0))
    yield made
    made.close()


@pytest.fixture
def granny(either: Provider) -> Person:
    person = either.person(name="陈奶奶")
    with either.context():
        account = accounts.get(person.id)
        identities.bind(account, identities.parse(citizen_id.TYPE, citizen_number()), name=person.name)
        evidence.add(account, "chip", source="test")
        commit()
    return person


def begun(provider: Provider, clerk: Official, granny: Person, **values: str) -> str:
    """Fill in the first page; return the address of the case."""
    site = provider.site(**SITE)
    clerk.browser.go("/assisted")
    form = {
        "principal": granny.username,
        "service": f"{site.id} estate-query",
        "presence": "spoken_code",
    } | values
    clerk.browser.send("assist-submit", values=form)
    return clerk.browser.path.partition("?")[0]


def session_of(provider: Provider, clerk: Official) -> UUID:
    (live,) = sessions.live_sessions(clerk.id)
    return live.id


def said_code(gateway: Gateway) -> str:
    found = re.search(r"\d{6}", gateway.messages[-1]["text"])
    assert found
    return found[0]


def test_a_clerk_assists_somebody_who_says_the_code(
    either: Provider, gateway: Gateway, official: MakeOfficial, granny: Person
) -> None:
    clerk = official(Role.AGENCY_CLERK)
    here = begun(either, clerk, granny)
    assert "陈奶奶" not in text(clerk.browser)
    clerk.browser.send("code-submit", values={"code": "12"})
    assert clerk.browser.response.status_code == 400
    clerk.browser.send("code-submit", values={"code": said_code(gateway)})
    assert "Assisted session for 陈奶奶" in text(clerk.browser)
    body = clerk.browser.response.get_data(as_text=True)
    assert "https://registry.example/login?iss=" in body
    assert "urn%3Atongxing%3Aloa%3Aassisted" in body
    with either.context():
        running = assisted.find_running(session_of(either, clerk))
        assert running is not None
        assert running.principal_id == granny.id
    assert clerk.browser.go("/assisted").status_code == 200
    assert clerk.browser.path == here
    clerk.browser.send("extend")
    assert "You have more time" in text(clerk.browser)
    clerk.browser.send("assist-end", number=-1)
    assert "The person gets a receipt" in text(clerk.browser)
    with either.context():
        assert assisted.find_running(session_of(either, clerk)) is None


def test_a_clerk_reads_the_card(
    either: Provider, registers: RegisterServer, official: MakeOfficial, granny: Person
) -> None:
    clerk = official(Role.AGENCY_CLERK)
    begun(either, clerk, granny, presence="chip")
    with either.context():
        held = identities.of(accounts.get(granny.id))
        assert held is not None
        own = {"name": granny.name, "number": held.number, "holder_checked": True}
    answers = [
        ("not_found", {}, 400),
        ("match", own | {"holder_checked": False}, 400),
        ("match", own | {"number": citizen_number()}, 403),
        ("match", own | {"number": None}, 400),
    ]
    for result, details, status in answers:
        registers.respond = lambda question, result=result, details=details: registers.signed(  # type: ignore[misc]
            question, result, details
        )
        clerk.browser.send("card-submit", values={"reading": "eyJ.reading"})
        assert clerk.browser.response.status_code == status
    assert clerk.browser.send("card-submit", values={"reading": ""}).status_code == 400
    registers.respond = lambda question: registers.signed(question, "match", own)
    clerk.browser.send("card-submit", values={"reading": "eyJ.reading"})
    assert "Assisted session for 陈奶奶" in text(clerk.browser)


def test_a_session_that_is_over_leads_back(
    either: Provider, gateway: Gateway, official: MakeOfficial, granny: Person
) -> None:
    clerk = official(Role.AGENCY_CLERK)
    here = begun(either, clerk, granny)
    clerk.browser.send("code-submit", values={"code": said_code(gateway)})
    with clock.shifted(timedelta(seconds=91)):
        clerk.browser.go(here)
        assert "The session is over" in text(clerk.browser)
        assert clerk.browser.path == "/assisted"
        assert post_directly(with_a_form(clerk.browser), f"{here}/code", code="123456") == 410
        assert post_directly(with_a_form(clerk.browser), f"{here}/extend") == 410
        assert post_directly(with_a_form(clerk.browser), f"{here}/end") == 303


def test_the_person_says_yes_to_a_mandate_at_the_window(
    either: Provider, gateway: Gateway, official: MakeOfficial, granny: Person
) -> None:
    clerk = official(Role.AGENCY_CLERK)
    daughter = either.person(name="女儿")
    with either.context():
        evidence.add(accounts.get(daughter.id), "chip", source="test")
        made = relatives.ask(accounts.get(daughter.id), accounts.get(granny.id), Terms("relative"))
        commit()
    here = begun(either, clerk, granny)
    # Not before the person has shown that they are there.
    assert post_directly(with_a_form(clerk.browser), f"{here}/mandate", mandate=str(made.id)) == 404
    clerk.browser.go(here)
    clerk.browser.send("code-submit", values={"code": said_code(gateway)})
    assert "女儿" in text(clerk.browser)
    assert post_directly(with_a_form(clerk.browser), f"{here}/mandate", mandate="no-id") == 404
    assert post_directly(with_a_form(clerk.browser), f"{here}/mandate", mandate=str(made.id)) == 303
    with either.context():
        confirmed = mandate.get(made.id)
        assert (confirmed.status, confirmed.granted_by) == ("active", granny.id)
    clerk.browser.go(here)
    assert "女儿" not in text(clerk.browser)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"principal": ""}, "Enter their user name"),
        ({"principal": "nobody-at-all"}, "Nobody is known here"),
        ({"principal": "x" * 3000}, "Nobody is known here"),
        ({"service": ""}, "Choose the service"),
        ({"service": "province-portal phone"}, "Choose the service"),
    ],
)
def test_what_cannot_be_is_said_beside_the_form(
    either: Provider, official: MakeOfficial, granny: Person, values: dict[str, str], sentence: str
) -> None:
    clerk = official(Role.AGENCY_CLERK)
    begun(either, clerk, granny, **values)
    assert clerk.browser.response.status_code == 400
    assert sentence in text(clerk.browser)


def test_nobody_assists_the_person_they_are(either: Provider, official: MakeOfficial, granny: Person) -> None:
    clerk = official(Role.AGENCY_CLERK, human=granny)
    begun(either, clerk, granny)
    assert clerk.browser.response.status_code == 403
    assert "Nobody assists themselves" in text(clerk.browser)


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.AGENCY_CLERK])
def test_no_other_official_assists(either: Provider, official: MakeOfficial, role: Role) -> None:
    other = official(role)
    assert other.browser.go("/assisted").status_code == 403


def test_citizens_and_other_clerks_do_not_see_a_case(
    either: Provider, official: MakeOfficial, granny: Person
) -> None:
    clerk, other, visitor = (
        official(Role.AGENCY_CLERK),
        official(Role.AGENCY_CLERK),
        official(Role.AGENCY_CLERK),
    )
    here = begun(either, clerk, granny)
    assert other.browser.go(here).status_code == 404
    assert other.browser.go("/assisted/no-id").status_code == 404
    for path in ("code", "card", "extend", "end", "mandate"):
        assert post_directly(with_a_form(other.browser), f"{here}/{path}") == 404
    with either.context():
        accounts.get(visitor.id).kind = "citizen"
        commit()
    assert visitor.browser.go("/assisted").status_code == 403


def test_services_of_other_divisions_are_not_offered(
    either: Provider, official: MakeOfficial, granny: Person
) -> None:
    clerk = official(Role.AGENCY_CLERK)
    foreign = either.site(**SITE | {"division_code": "330105"})
    begun(either, clerk, granny, service=f"{foreign.id} estate-query")
    assert clerk.browser.response.status_code == 400


def test_nothing_of_the_person_can_be_changed_in_a_session(
    either: Provider, gateway: Gateway, official: MakeOfficial, granny: Person
) -> None:
    clerk = official(Role.AGENCY_CLERK)
    begun(either, clerk, granny)
    clerk.browser.send("code-submit", values={"code": said_code(gateway)})
    with either.context():
        account = accounts.get(granny.id)
        before = (account.standing, account.phone_index, account.identity_index)
    for page in ("/account", "/account/sign-in-methods", "/account/proofing", "/account/proofing/face"):
        clerk.browser.go(page)
        body = clerk.browser.response.get_data(as_text=True)
        assert "陈奶奶" not in body
        assert granny.username not in body
    with either.context():
        account = accounts.get(granny.id)
        assert (account.standing, account.phone_index, account.identity_index) == before
