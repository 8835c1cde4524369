"""Who comes into the console: officials with an active post whose login is strong enough, and nobody else."""

from collections.abc import Callable

import pytest

from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.operators import appointing
from idp.operators import post as posts
from idp.operators.rights import Role
from idp.sessions import session as sessions
from tests.console.conftest import (
    COUNTY,
    PROVINCE,
    MakeOfficial,
    Official,
    Waiting,
    enter,
    post_directly,
    text,
    with_a_form,
)
from tests.person import Person, Visitor
from tests.provider import Provider, SignIn

PAGES = (
    "/console",
    "/console/cases",
    "/console/look-up",
    "/console/levels",
    "/console/levels/new",
    "/console/levels/1",
    "/console/officials",
    "/console/officials/new",
    "/console/record",
)
OPENED_BY = {
    "/console/cases": {Role.PROOFING_CLERK, Role.PROOFING_APPROVER, Role.AGENCY_CLERK},
    "/console/look-up": {Role.PROOFING_CLERK, Role.PROOFING_APPROVER},
    "/console/levels": {Role.SECURITY_ADMINISTRATOR, Role.SUPERVISOR},
    "/console/levels/new": {Role.SECURITY_ADMINISTRATOR},
    "/console/officials": {
        Role.SYSTEM_ADMINISTRATOR,
        Role.SECURITY_ADMINISTRATOR,
        Role.AUDIT_ADMINISTRATOR,
        Role.SUPERVISOR,
    },
    "/console/officials/new": {Role.SYSTEM_ADMINISTRATOR},
    "/console/record": {Role.AUDIT_ADMINISTRATOR},
}


@pytest.mark.parametrize("path", PAGES)
def test_strangers_log_in_first_and_citizens_do_not_come_in(
    either: Provider, sign_in: SignIn, path: str
) -> None:
    visitor = Visitor(either.app, either.settings.issuer)
    visitor.open(path)
    assert visitor.location.startswith("/login?next=%2Fconsole")
    citizen = sign_in(either.person(evidence=("counter",), totp=True))
    citizen.go(path)
    assert citizen.response.status_code == 403
    assert citizen.page.error == "not_an_official"


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_its_rooms_and_no_other(official: MakeOfficial, role: Role) -> None:
    one = official(role, at=PROVINCE)
    assert one.browser.is_at("/console")
    for path, roles in OPENED_BY.items():
        one.browser.go(path)
        assert one.browser.response.status_code == (200 if role in roles else 403), path


def test_what_was_refused_is_on_record(either: Provider, official: MakeOfficial) -> None:
    clerk = official(Role.AGENCY_CLERK)
    clerk.browser.go("/console/record")
    with either.context():
        wanted = db.select(AuditEvent).where(AuditEvent.account_id == clerk.id)
        events = db.session.scalars(wanted.where(AuditEvent.name == "access.refused")).all()
        assert [event.data["act"] for event in events] == ["see_record"]
        assert events[0].actor == f"official:{clerk.id}"


@pytest.mark.parametrize("path", PAGES)
def test_a_password_alone_is_not_enough(either: Provider, official: MakeOfficial, path: str) -> None:
    clerk = official(Role.PROOFING_CLERK, enters=False)
    weaken(either, clerk)
    clerk.browser.open(path)
    assert clerk.browser.location.startswith("/step-up?next=%2Fconsole")
    assert "level=3" in clerk.browser.location
    assert "cryptographic=1" in clerk.browser.location


def weaken(provider: Provider, official: Official, *methods: str) -> None:
    """Let the official's login have been by these ways only."""
    enter(provider, official)
    with provider.context():
        for session in sessions.live_sessions(official.id):
            session.methods = list(methods or ("pwd",))
        commit()


def test_a_code_by_message_does_not_count_for_officials(either: Provider, official: MakeOfficial) -> None:
    clerk = official(Role.PROOFING_CLERK, enters=False)
    weaken(either, clerk, "pwd", "sms", "mfa")
    clerk.browser.open("/console")
    assert clerk.browser.location.startswith("/step-up")


@pytest.mark.parametrize("role", [Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR])
def test_security_and_audit_administrators_need_level_4(
    either: Provider, official: MakeOfficial, role: Role
) -> None:
    one = official(role, at=PROVINCE, enters=False)
    one.browser.go("/login")
    one.browser.log_in(one.person)
    one.browser.open("/console")
    assert "level=4" in one.browser.location


def test_an_ended_post_lets_nobody_in_at_once(either: Provider, official: MakeOfficial) -> None:
    clerk, chief = official(Role.PROOFING_CLERK), official(Role.SYSTEM_ADMINISTRATOR, at=PROVINCE)
    with either.context():
        appointing.end(posts.get(chief.post_id), clerk.post_id, "left the office")
        commit()
    clerk.browser.go("/console/cases")
    assert clerk.browser.page.error == "not_an_official"


@pytest.mark.parametrize(
    "path",
    [
        "/console/cases",
        "/console/cases/019f0000-0000-7000-8000-000000000000",
        "/console/look-up",
        "/console/levels/new",
        "/console/levels/1",
        "/console/officials/new",
        "/console/officials/019f0000-0000-7000-8000-000000000000",
        "/console/take-up",
    ],
)
def test_no_form_works_without_its_token(official: MakeOfficial, path: str) -> None:
    one = official(*{Role.PROOFING_CLERK, Role.PROOFING_APPROVER, Role.SYSTEM_ADMINISTRATOR}, at=PROVINCE)
    response = one.browser.client.post(path, base_url=one.browser.issuer, data={"act": "approve"})
    assert response.status_code == 400
    assert 'data-error="csrf_failed"' in response.get_data(as_text=True)


def test_direct_posts_are_asked_for_their_right_too(
    official: MakeOfficial, case: Callable[..., Waiting]
) -> None:
    waiting = case()
    supervisor = official(Role.SUPERVISOR, at=PROVINCE)
    browser = with_a_form(supervisor.browser)
    for path, values in {
        f"/console/cases/{waiting.id}": {"act": "approve", "reason": "because"},
        "/console/cases": {"number": waiting.number},
        "/console/look-up": {"identifier": waiting.citizen.username, "reason": "curiosity"},
        "/console/levels/new": {"document": "x", "act": "propose"},
        "/console/levels/1": {"act": "approve"},
        "/console/officials/new": {"division_code": COUNTY},
    }.items():
        with_a_form(browser)
        assert post_directly(browser, path, **values) == 403, path


def test_an_official_finds_the_way_from_the_account(
    either: Provider, official: MakeOfficial, sign_in: SignIn
) -> None:
    clerk = official(Role.PROOFING_CLERK)
    clerk.browser.go("/account")
    assert 'href="/console"' in clerk.browser.response.get_data(as_text=True)
    citizen = sign_in(either.person())
    assert 'href="/console"' not in citizen.response.get_data(as_text=True)


def test_the_frame_names_the_official_and_the_place(official: MakeOfficial) -> None:
    clerk = official(Role.PROOFING_CLERK)
    said = text(clerk.browser)
    assert "Proofing clerk" in said
    assert "西湖区" in said
    assert "Look up an account" in said
    assert "Levels" not in said


@pytest.mark.parametrize("cursor", ["", "x", "张", "\x00", "9" * 500, "-1"])
def test_a_forged_place_in_a_list_is_its_beginning(official: MakeOfficial, cursor: str) -> None:
    chief = official(Role.SYSTEM_ADMINISTRATOR, Role.PROOFING_CLERK, Role.SUPERVISOR, at=PROVINCE)
    for path in ("/console/officials", "/console/cases", "/console/levels"):
        chief.browser.open(path, query_string={"from": cursor})
        assert chief.browser.response.status_code == 200


def test_two_posts_of_one_person_are_two_accounts(either: Provider, official: MakeOfficial) -> None:
    human: Person = either.person(evidence=("chip",))
    one, two = official(Role.PROOFING_CLERK, human=human), official(Role.SUPERVISOR, human=human)
    assert one.id != two.id
    two.browser.go("/console/cases")
    assert two.browser.response.status_code == 403
