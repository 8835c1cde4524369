"""Officials are proposed by one person, approved by another from above, taken up by the person, and ended."""

from uuid import uuid4

import pytest

from idp.accounts import account as accounts
from idp.db import commit
from idp.operators import post as posts
from idp.operators import record
from idp.operators.rights import Role
from tests.console.conftest import (
    COUNTY,
    NEIGHBOUR,
    PROVINCE,
    MakeOfficial,
    Official,
    post_directly,
    text,
    with_a_form,
)
from tests.person import Person, Visitor
from tests.provider import Provider, SignIn

NEW = "/console/officials/new"
GOOD_PASSWORD = "Brücke 7 über den Qiantang!"


def propose(chief: Official, candidate: Person, **changes: object) -> str:
    """Fill in the form; return the path that is open afterwards."""
    chief.browser.go(NEW)
    values = {
        "person": candidate.username,
        "username": f"o-{candidate.username}",
        "organization": "西湖区政务服务中心",
        "division_code": COUNTY,
        "roles": ["proofing_clerk"],
    }
    chief.browser.send("propose-submit", values=values | changes)
    return chief.browser.path


def test_from_a_proposal_to_the_first_login(
    either: Provider, official: MakeOfficial, sign_in: SignIn
) -> None:
    chen = official(Role.SYSTEM_ADMINISTRATOR, at=PROVINCE)
    gao = official(Role.SECURITY_ADMINISTRATOR, at=PROVINCE)
    person = either.person(evidence=("chip",), totp=True)
    path = propose(chen, person)
    assert path.startswith("/console/officials/0")
    assert "waiting for approval" in text(chen.browser)
    assert "You proposed this" in text(chen.browser)
    gao.browser.go(path)
    gao.browser.send("approve")
    assert "in office" in text(gao.browser)
    citizen = sign_in(person)
    citizen.go("/console/take-up")
    citizen.send("take-up", values={"password": GOOD_PASSWORD})
    assert citizen.response.status_code == 200, text(citizen)
    assert "No post is waiting" in text(citizen)
    newcomer = Visitor(either.app, either.settings.issuer, language="en")
    newcomer.go("/login")
    newcomer.send("login-submit", values={"identifier": f"o-{person.username}", "password": GOOD_PASSWORD})
    newcomer.open("/console")
    assert newcomer.location.startswith("/step-up")
    with either.context():
        names = [event.name for event in record.in_division(COUNTY, limit=20)]
        assert {"post.proposed", "post.approved"} <= set(names)


def test_a_wrong_proposal_says_everything_that_is_wrong(either: Provider, official: MakeOfficial) -> None:
    chen = official(Role.SYSTEM_ADMINISTRATOR, at=PROVINCE)
    propose(chen, either.person(), person="nobody-there", username="", organization="", roles=[])
    said = text(chen.browser)
    assert chen.browser.response.status_code == 400
    assert said.count("Fill this in") >= 2
    assert "no citizen with this user name" in said
    assert "Choose at least one role" in said


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"roles": ["security_administrator", "audit_administrator"]}, 409),
        ({"roles": ["mayor"]}, 400),
        ({"division_code": "440106"}, 403),
        ({"division_code": "x"}, 403),
        ({"username": "zz zz"}, 400),
        ({"organization": "x" * 5000}, 303),
        ({"person": "\x00"}, 400),
    ],
)
def test_what_is_refused(
    either: Provider, official: MakeOfficial, changes: dict[str, object], status: int
) -> None:
    chen = official(Role.SYSTEM_ADMINISTRATOR, at=PROVINCE)
    person = either.person(evidence=("chip",))
    chen.browser.go(NEW)
    values: dict[str, object] = {
        "person": person.username,
        "username": f"o-{person.username}",
        "organization": "中心",
        "division_code": COUNTY,
        "roles": ["supervisor"],
    }
    chen.browser.send("propose-submit", values=values | changes, follow=False)
    assert chen.browser.response.status_code == status


def test_who_has_proven_too_little_is_not_proposed(either: Provider, official: MakeOfficial) -> None:
    chen = official(Role.SYSTEM_ADMINISTRATOR, at=PROVINCE)
    propose(chen, either.person(evidence=("register",)))
    assert "must prove who they are first" in text(chen.browser)


def test_the_proposer_cannot_approve_even_by_a_direct_post(either: Provider, official: MakeOfficial) -> None:
    human = either.person(evidence=("counter",))
    chen = official(Role.SYSTEM_ADMINISTRATOR, at=PROVINCE, human=human)
    again = official(Role.SYSTEM_ADMINISTRATOR, at=PROVINCE, human=human)
    path = propose(chen, either.person(evidence=("chip",)))
    for hand in (chen, again):
        assert post_directly(with_a_form(hand.browser), path, act="approve") == 403
    chen.browser.go(path)
    chen.browser.send("refuse", values={"reason": "a mistake of mine"})
    assert "a mistake of mine" in text(chen.browser)


def test_ending_a_post_ends_its_sessions(either: Provider, official: MakeOfficial) -> None:
    gao, clerk = official(Role.SECURITY_ADMINISTRATOR, at=PROVINCE), official(Role.PROOFING_CLERK)
    path = f"/console/officials/{clerk.post_id}"
    gao.browser.go(path)
    gao.browser.send("end", values={"reason": ""})
    assert gao.browser.response.status_code == 400
    gao.browser.send("end", values={"reason": "moved to another office"})
    assert "ended" in text(gao.browser)
    clerk.browser.open("/console/cases")
    assert clerk.browser.location.startswith("/login")
    assert post_directly(with_a_form(gao.browser), path, act="end", reason="again") == 409


@pytest.mark.parametrize("act", ["approve", "refuse", "end", "", "x"])
def test_posts_elsewhere_do_not_exist(official: MakeOfficial, act: str) -> None:
    away = official(Role.SYSTEM_ADMINISTRATOR, at=NEIGHBOUR)
    clerk = official(Role.PROOFING_CLERK)
    path = f"/console/officials/{clerk.post_id}"
    away.browser.go(path)
    assert away.browser.response.status_code == 404
    assert post_directly(with_a_form(away.browser), path, act=act, reason="hello") == 404
    away.browser.go("/console/officials")
    assert clerk.person.username not in away.browser.response.get_data(as_text=True)


def test_an_unknown_act_and_an_unknown_post(official: MakeOfficial) -> None:
    chen = official(Role.SYSTEM_ADMINISTRATOR, at=PROVINCE)
    path = f"/console/officials/{chen.post_id}"
    assert post_directly(with_a_form(chen.browser), path, act="x") == 400
    assert post_directly(with_a_form(chen.browser), path, act="end", reason="goodbye") == 403
    chen.browser.go(f"/console/officials/{uuid4()}")
    assert chen.browser.response.status_code == 404


def test_the_list_goes_on(either: Provider, official: MakeOfficial) -> None:
    chen = official(Role.SYSTEM_ADMINISTRATOR, at="330800")
    for _ in range(31):
        official(Role.SUPERVISOR, at="330802", enters=False)
    chen.browser.go("/console/officials")
    first = chen.browser.response.get_data(as_text=True)
    assert first.count("data-post=") == 30
    older = first.split("/console/officials?from=")[1].split('"')[0]
    chen.browser.go(f"/console/officials?from={older}")
    assert chen.browser.response.get_data(as_text=True).count("data-post=") == 2


def test_a_take_up_is_for_the_person_only(either: Provider, official: MakeOfficial, sign_in: SignIn) -> None:
    chen, gao = (
        official(Role.SYSTEM_ADMINISTRATOR, at=PROVINCE),
        official(Role.SECURITY_ADMINISTRATOR, at=PROVINCE),
    )
    person = either.person(evidence=("chip",), totp=True)
    path = propose(chen, person)
    gao.browser.go(path)
    gao.browser.send("approve")
    post_id = path.rpartition("/")[2]
    stranger = sign_in(either.person(evidence=("chip",), totp=True))
    stranger.go("/console/take-up")
    assert "No post is waiting" in text(stranger)
    status = post_directly(with_a_form(stranger), "/console/take-up", post=post_id, password=GOOD_PASSWORD)
    assert status == 403
    weak = sign_in(either.person())
    weak.open("/console/take-up")
    assert weak.location.startswith("/step-up")
    citizen = sign_in(person)
    for password in ("short", "password1234", "", "x" * 5000):
        citizen.go("/console/take-up")
        citizen.send("take-up", values={"password": password})
        assert citizen.response.status_code == 400
    with either.context():
        made = next(one for one in posts.held_by(person.id))
        assert made.taken_up_at is None
        assert made.account_id is not None
        assert accounts.name_of(accounts.get(made.account_id)) == person.name
        commit()
