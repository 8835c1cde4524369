"""王芳 appoints 赵强 with items and an end; everybody else, and everything else, is refused."""

from datetime import timedelta
from uuid import UUID

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.db import commit
from idp.mandates import age, appointment
from idp.mandates.terms import Terms
from tests.pages.acting import Actor, enterprise_of, proven, said, send_directly, status_of
from tests.provider import Provider


def form(invited: Actor, **values: object) -> dict[str, object]:
    return {
        "role": "handler",
        "holder": invited.person.username,
        "holder_name": invited.person.name,
        "scope": "named",
        "item": ["estate-query", "estate-transfer"],
        "expires_on": (age.today(clock.now()) + timedelta(days=60)).isoformat(),
    } | values


def test_a_handler_is_appointed_confirms_acts_and_is_dismissed(either: Provider) -> None:
    wangfang, zhaoqiang = proven(either, "王芳"), proven(either, "赵强")
    enterprise = enterprise_of(either, wangfang)
    browser = wangfang.browser
    browser.go(f"/account/enterprises/{enterprise}/appoint")
    browser.send("appoint-submit", values=form(zhaoqiang))
    assert "/account/mandates/" in browser.path
    mandate_id = browser.path.rpartition("/")[2]
    assert "waits for their yes" in said(browser)

    other = zhaoqiang.browser
    other.go("/account/mandates")
    assert "Waiting for your yes or no" in said(other)
    other.go(f"/account/mandates/{mandate_id}")
    assert "Look-up of registered property" in said(other)
    other.send("mandate-confirm")
    assert "You said yes" in said(other)
    assert status_of(either, mandate_id) == ("active", None)

    browser.go(f"/account/mandates/{mandate_id}/end")
    assert status_of(either, mandate_id) == ("active", None)
    browser.send("end-confirm")
    assert "The mandate is ended" in said(browser)
    assert status_of(either, mandate_id) == ("ended", "revoked")
    # A second press, or a page that was open elsewhere.
    send_directly(browser, f"/account/mandates/{mandate_id}/end")
    browser.follow()
    assert "had ended already" in said(browser)


def test_who_is_invited_can_say_no(either: Provider) -> None:
    wangfang, zhaoqiang = proven(either, "王芳"), proven(either, "赵强")
    enterprise = enterprise_of(either, wangfang)
    wangfang.browser.go(f"/account/enterprises/{enterprise}/appoint")
    wangfang.browser.send("appoint-submit", values=form(zhaoqiang))
    path = wangfang.browser.path
    zhaoqiang.browser.go(path)
    zhaoqiang.browser.send("mandate-decline")
    assert status_of(either, path.rpartition("/")[2]) == ("ended", "declined")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"role": ""}, "Choose what they are to do"),
        ({"role": "representative"}, "Choose what they are to do"),
        ({"holder": ""}, "Enter their user name or phone number"),
        ({"holder_name": "李四"}, "There is nobody with this user name or phone and this name"),
        ({"holder": "nobody-there"}, "There is nobody with this user name or phone and this name"),
        ({"expires_on": "2020-01-01"}, "The last day must come after the first"),
        ({"expires_on": "2999-01-01"}, "This is longer than the role may last"),
        ({"expires_on": "9999-12-31"}, "Enter a day"),
        ({"expires_on": "tomorrow"}, "Enter a day"),
        ({"item": []}, "Name the items"),
        ({"item": ["phone"]}, "Nobody else can do this for you"),
        ({"item": ["two words"]}, "An item code has no spaces"),
        (
            {"role": "administrator", "item": ["phone"], "holder_name": "李四"},
            "There is nobody with this user name",
        ),
        ({"role": "agency", "uscc": "1"}, "code"),
    ],
)
def test_what_cannot_be_is_said_beside_the_form(
    either: Provider, changes: dict[str, object], sentence: str
) -> None:
    wangfang, zhaoqiang = proven(either, "王芳"), proven(either, "赵强", enters=False)
    enterprise = enterprise_of(either, wangfang)
    wangfang.browser.go(f"/account/enterprises/{enterprise}/appoint")
    wangfang.browser.send("appoint-submit", values=form(zhaoqiang, **changes))
    assert wangfang.browser.response.status_code == 400
    assert sentence in said(wangfang.browser)


def test_only_who_runs_the_enterprise_sees_and_appoints(either: Provider) -> None:
    wangfang, stranger = proven(either, "王芳"), proven(either, "外人")
    enterprise = enterprise_of(either, wangfang)
    for path in (f"/account/enterprises/{enterprise}", f"/account/enterprises/{enterprise}/appoint"):
        assert stranger.browser.go(path).status_code == 404
    assert (
        send_directly(stranger.browser, f"/account/enterprises/{enterprise}/appoint", role="handler") == 404
    )
    for path in ("/account/enterprises/no-id", f"/account/enterprises/{stranger.id}"):
        assert stranger.browser.go(path).status_code == 404


def test_an_old_login_must_be_renewed_before_somebody_is_appointed(either: Provider) -> None:
    wangfang = proven(either, "王芳")
    enterprise = enterprise_of(either, wangfang)
    with clock.shifted(timedelta(minutes=6)):
        wangfang.browser.go(f"/account/enterprises/{enterprise}/appoint")
        assert not wangfang.browser.is_at(f"/account/enterprises/{enterprise}/appoint")
        assert send_directly(wangfang.browser, f"/account/enterprises/{enterprise}/appoint") == 303


def test_an_administrator_is_taken_on_for_everything(either: Provider) -> None:
    wangfang, administrator = proven(either, "王芳"), proven(either, "管理员")
    enterprise = enterprise_of(either, wangfang)
    wangfang.browser.go(f"/account/enterprises/{enterprise}/appoint")
    wangfang.browser.send("appoint-submit", values=form(administrator, role="administrator"))
    path = wangfang.browser.path
    administrator.browser.go(path)
    administrator.browser.send("mandate-confirm")
    administrator.browser.go(f"/account/enterprises/{enterprise}/appoint")
    assert 'value="handler"' in administrator.browser.response.get_data(as_text=True)
    assert 'value="administrator"' not in administrator.browser.response.get_data(as_text=True)
    administrator.browser.go("/account/enterprises")
    assert "administrator" in said(administrator.browser)


def test_a_firm_names_its_own_handler_for_a_client(either: Provider) -> None:
    wangfang, boss, clerk = proven(either, "王芳"), proven(either, "所长"), proven(either, "职员")
    enterprise, firm = enterprise_of(either, wangfang), enterprise_of(either, boss, "诚信代理事务所")
    with either.context():
        from_ = _agency(enterprise, firm, wangfang)
    boss.browser.go("/account/mandates")
    assert "Waiting for your yes or no" in said(boss.browser)
    boss.browser.go(f"/account/mandates/{from_}")
    boss.browser.send("mandate-confirm")
    assert status_of(either, from_) == ("active", None)
    boss.browser.go(f"/account/enterprises/{firm}")
    assert "Whom it acts for" in said(boss.browser)
    boss.browser.go(f"/account/enterprises/{firm}/appoint?client={from_}")
    boss.browser.send("appoint-submit", values=form(clerk, item=["estate-query"]))
    clerk.browser.go(boss.browser.path)
    clerk.browser.send("mandate-confirm")
    clerk.browser.go("/account/mandates")
    assert "through 诚信代理事务所" in said(clerk.browser)
    # Somebody else's client is none of this firm's.
    boss.browser.go(f"/account/enterprises/{firm}/appoint?client={wangfang.id}")
    assert boss.browser.send("appoint-submit", values=form(clerk)).status_code == 404


def _agency(enterprise: UUID, firm: UUID, by: Actor) -> str:
    wished = Terms("agency", ("estate-query", "estate-transfer"))
    made = appointment.appoint(by.id, accounts.get(enterprise), accounts.get(firm), wished)
    commit()
    return str(made.id)
