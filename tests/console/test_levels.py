"""The levels: shown, drafted with every mistake at once, proposed, simulated, approved by another, in force."""

from datetime import timedelta

import pytest

from idp import clock, level_simulation_run
from idp.accounts import account as accounts
from idp.background import HANDLERS
from idp.db import commit, db
from idp.level_policy import current, packaged
from idp.level_policy import version as versions
from idp.operators.rights import Role
from idp.outbox.message import OutboxMessage
from tests.console.conftest import PROVINCE, MakeOfficial, Official, post_directly, text, with_a_form
from tests.provider import NewProvider, Provider

NEW = "/console/levels/new"
# Operators' three elements alone are worth less than before.
CHANGED = packaged.text().replace(
    '[[proofing.citizen]]\nlevel = 2\nevidence = ["operator3"]',
    '[[proofing.citizen]]\nlevel = 1\nevidence = ["operator3"]',
)


@pytest.fixture
def either(new_provider: NewProvider) -> Provider:
    """A provider of one's own: what is put in force here must not hold for other tests."""
    return new_provider()


def security(official: MakeOfficial) -> Official:
    return official(Role.SECURITY_ADMINISTRATOR, at=PROVINCE)


def propose(one: Official, document: str = CHANGED, effective_from: str = "") -> str:
    one.browser.go(NEW)
    one.browser.send(
        "levels-propose",
        values={"document": document.replace("\n", "\r\n"), "effective_from": effective_from},
    )
    return one.browser.path


def work(provider: Provider) -> int:
    """Do what the worker does with the simulations that were asked for."""
    with provider.context():
        wanted = db.select(OutboxMessage).where(
            OutboxMessage.kind == level_simulation_run.KIND, OutboxMessage.delivered_at.is_(None)
        )
        taken = db.session.scalars(wanted).all()
        for message in taken:
            HANDLERS[message.kind](message)
            message.delivered_at = clock.now()
            commit()
        return len(taken)


def test_proposed_simulated_approved_by_another_in_force(either: Provider, official: MakeOfficial) -> None:
    assert packaged.text() != CHANGED
    fallen = either.person(evidence=("operator3",))
    gao, tang = security(official), security(official)
    path = propose(gao)
    assert path == "/console/levels/2"
    assert "operator3" in text(gao.browser)
    assert "Not simulated yet" in text(gao.browser)
    gao.browser.send("simulate")
    assert gao.browser.response.headers["Refresh"] == "2"
    assert "Accounts looked at so far" in text(gao.browser)
    assert work(either) == 1
    gao.browser.go(path)
    assert "Refresh" not in gao.browser.response.headers
    assert 'id="lowered">1<' in gao.browser.response.get_data(as_text=True)
    tang.browser.go(path)
    tang.browser.send("approve", number=1)
    assert "in force" in text(tang.browser)
    with either.context():
        assert current.in_force().number == 2
        assert versions.get(2).digest == versions.digest_of(CHANGED)
        account = accounts.get(fallen.id)
        assert account.standing
    tang.browser.go("/console/levels")
    assert 'data-number="2"' in tang.browser.response.get_data(as_text=True)


def test_a_date_to_come_waits_for_its_date(either: Provider, official: MakeOfficial) -> None:
    gao, tang = security(official), security(official)
    tomorrow = (clock.now() + timedelta(days=1, hours=8)).strftime("%Y-%m-%dT%H:%M")
    path = propose(gao, effective_from=tomorrow)
    gao.browser.send("simulate")
    work(either)
    tang.browser.go(path)
    tang.browser.send("approve", number=1)
    assert "approved, not yet in force" in text(tang.browser)
    with either.context():
        assert current.in_force().number == 1
        with clock.shifted(timedelta(days=1, minutes=1)):
            assert current.in_force().number == 2


def test_nobody_approves_their_own_and_nothing_unseen(either: Provider, official: MakeOfficial) -> None:
    human = either.person(evidence=("counter",))
    gao = official(Role.SECURITY_ADMINISTRATOR, at=PROVINCE, human=human)
    other_hat = official(Role.SECURITY_ADMINISTRATOR, at=PROVINCE, human=human)
    tang = security(official)
    path = propose(gao)
    assert post_directly(with_a_form(tang.browser), path, act="approve") == 409
    assert "simulated first" in text(tang.browser)
    assert post_directly(with_a_form(gao.browser), path, act="simulate") == 303
    work(either)
    for hand in (gao, other_hat):
        assert post_directly(with_a_form(hand.browser), path, act="approve") == 403
    with either.context():
        assert versions.get(2).approved_at is None
    assert post_directly(with_a_form(tang.browser), path, act="reject", reason="") == 400
    assert post_directly(with_a_form(tang.browser), path, act="reject", reason="too early") == 303
    tang.browser.go(path)
    assert "too early" in text(tang.browser)
    assert post_directly(with_a_form(tang.browser), path, act="approve") == 409
    assert post_directly(with_a_form(tang.browser), path, act="simulate") == 409


def test_every_mistake_is_said_at_once_and_the_text_is_kept(official: MakeOfficial) -> None:
    gao = security(official)
    broken = (
        CHANGED.replace("fal = 2", "fal = 9")
        .replace("A1 = 2", 'A1 = "two"')
        .replace("effort = 9", "effort = -9")
    )
    gao.browser.go(NEW)
    gao.browser.send("levels-check", values={"document": broken})
    assert gao.browser.response.status_code == 400
    page = gao.browser.response.get_data(as_text=True)
    assert page.count("<li><code>") >= 3
    assert "fal = 9" in page


@pytest.mark.parametrize("document", ["", "x", "[", "\x00", "张" * 1000, "a = 1\n" * 2000])
def test_what_is_no_level_file(official: MakeOfficial, document: str) -> None:
    gao = security(official)
    propose(gao, document)
    assert gao.browser.response.status_code == 400


@pytest.mark.parametrize("moment", ["x", "2026-13-45T00:00", "0001-01-01T00:00", "9999-99", "张"])
def test_a_wrong_moment(official: MakeOfficial, moment: str) -> None:
    gao = security(official)
    propose(gao, effective_from=moment)
    assert gao.browser.response.status_code in {200, 400}
    if gao.browser.response.status_code == 400:
        assert "date and a time" in text(gao.browser)


def test_checking_proposes_nothing(either: Provider, official: MakeOfficial) -> None:
    gao = security(official)
    gao.browser.go(NEW)
    gao.browser.send("levels-check", values={"document": CHANGED})
    assert "What changes" in text(gao.browser)
    with either.context():
        assert versions.find(2) is None


def test_the_same_again_is_refused(official: MakeOfficial) -> None:
    gao = security(official)
    propose(gao, packaged.text())
    assert "in force already" in text(gao.browser)


def test_a_supervisor_looks_and_changes_nothing(official: MakeOfficial) -> None:
    gao, zhou = security(official), official(Role.SUPERVISOR, at=PROVINCE)
    path = propose(gao)
    zhou.browser.go(path)
    assert zhou.browser.response.status_code == 200
    assert not [form for form in zhou.browser.page.forms if form.buttons]
    for act in ("simulate", "approve", "reject"):
        assert post_directly(with_a_form(zhou.browser), path, act=act, reason="no") == 403


def test_a_county_does_not_decide_for_the_province(official: MakeOfficial) -> None:
    local = official(Role.SECURITY_ADMINISTRATOR, at="330106")
    for path in ("/console/levels", NEW, "/console/levels/1"):
        local.browser.go(path)
        assert local.browser.response.status_code == 403


@pytest.mark.parametrize("number", ["0", "99", "999999999", "9999999999", "x", "-1"])
def test_forged_numbers(official: MakeOfficial, number: str) -> None:
    gao = security(official)
    gao.browser.go(f"/console/levels/{number}")
    assert gao.browser.response.status_code == 404
