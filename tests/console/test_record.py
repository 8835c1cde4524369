"""The audit administrator of a division reads what officials did there and below, and only there."""

from collections.abc import Callable

from idp.operators.rights import Role
from tests.console.conftest import COUNTY, PROVINCE, MakeOfficial, Waiting, text


def test_what_was_done_is_read_by_division(official: MakeOfficial, case: Callable[..., Waiting]) -> None:
    waiting = case(at=COUNTY)
    clerk = official(Role.PROOFING_CLERK)
    clerk.browser.go(f"/console/cases/{waiting.id}")
    clerk.browser.go("/console/look-up")
    clerk.browser.send(
        "look-up-submit", values={"identifier": waiting.citizen.username, "reason": "lost the phone"}
    )
    lin = official(Role.AUDIT_ADMINISTRATOR, at=PROVINCE)
    lin.browser.go("/console/record")
    said = text(lin.browser)
    assert "lost the phone" in said
    assert str(waiting.citizen.id) in said
    assert "孙丽" in said
    assert waiting.document not in said
    elsewhere = official(Role.AUDIT_ADMINISTRATOR, at="330200")
    elsewhere.browser.go("/console/record")
    assert "lost the phone" not in text(elsewhere.browser)


def test_reading_the_record_is_on_record(official: MakeOfficial) -> None:
    lin = official(Role.AUDIT_ADMINISTRATOR, at="331000")
    lin.browser.go("/console/record")
    assert "Nothing yet" in text(lin.browser)
    lin.browser.go("/console/record")
    assert "Read the record" in text(lin.browser)


def test_the_record_goes_on(official: MakeOfficial) -> None:
    lin = official(Role.AUDIT_ADMINISTRATOR, at="330900")
    for _ in range(42):
        lin.browser.go("/console/record")
    page = lin.browser.response.get_data(as_text=True)
    assert page.count("data-event=") == 40
    older = page.split("/console/record?from=")[1].split('"')[0]
    lin.browser.go(f"/console/record?from={older}")
    assert lin.browser.response.get_data(as_text=True).count("data-event=") == 1
