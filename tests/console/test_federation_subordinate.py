"""Suspending and taking up: with a reason, confirmed, on record, by those of the superior's division alone."""

import re
from typing import Any

import pytest

from idp.audit.event import EventName
from idp.db import commit
from idp.federation import resolution, subordinate, suspension
from idp.federation.trust_chain import ChainRefused
from idp.operators import record
from idp.operators.rights import Role
from tests.console.authorities import Branch, at, plant
from tests.console.conftest import (
    CITY,
    COUNTY,
    NEIGHBOUR,
    PROVINCE,
    MakeOfficial,
    Official,
    post_directly,
    text,
    with_a_form,
)
from tests.provider import Provider

SYSTEM, SECURITY = Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR


def relation(superior: str, entity: str) -> str:
    return at("/subordinate", superior=superior, entity=entity)


def suspend(official: Official, superior: str, entity: str, **changes: Any) -> int:
    values = {"act": "suspend", "reason": "data leak reported", "understood": "yes"} | changes
    return post_directly(with_a_form(official.browser), relation(superior, entity), **values)


def state(provider: Provider, superior: str, entity: str) -> tuple[str, str | None]:
    with provider.context():
        row = subordinate.get(superior, entity)
        return row.status, row.reason


def test_a_county_is_cut_off_and_taken_up_again(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    chen = official(SYSTEM, at=PROVINCE)
    chen.browser.go(relation(branch.city, branch.county))
    page = chen.browser.response.get_data(as_text=True)
    assert 'data-authorities="1"' in page
    assert 'data-sites="1"' in page
    with either.context():
        assert resolution.resolve(branch.site).path[-1] == branch.nation
    chen.browser.send("suspend", values={"reason": "data leak reported", "understood": "yes"})
    assert "Nobody gets in through it any more" in text(chen.browser)
    assert state(either, branch.city, branch.county) == ("suspended", "data leak reported")
    with either.context(), pytest.raises(ChainRefused) as refused:
        resolution.resolve(branch.site)
    assert (refused.value.entity_id, refused.value.superior_id) == (branch.county, branch.city)
    chen.browser.send("resume", values={"reason": "mended"})
    assert state(either, branch.city, branch.county) == ("active", None)
    with either.context():
        assert resolution.resolve(branch.site).path[-1] == branch.nation


def test_it_is_on_record_with_the_official_and_the_reason(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    by = official(SECURITY, at=CITY)
    by.browser.go(relation(branch.city, branch.county))
    assert suspend(by, branch.city, branch.county) == 303
    with either.context():
        found = [one for one in record.in_division(CITY) if one.name == EventName.SUBORDINATE_SUSPENDED]
        mine = next(one for one in found if one.data["entity"] == branch.county)
    assert mine.actor == f"official:{by.id}"
    assert mine.data["reason"] == "data leak reported"
    # Filed where the superior lies: the province's auditors see it, the county's do not.
    with either.context():
        assert mine.id in {one.id for one in record.in_division(PROVINCE)}
        assert mine.id not in {one.id for one in record.in_division(COUNTY)}


@pytest.mark.parametrize(
    ("role", "place"),
    [(SYSTEM, COUNTY), (SECURITY, COUNTY), (SYSTEM, NEIGHBOUR), (SECURITY, "320000"), (SYSTEM, "331000")],
)
def test_nobody_touches_what_stands_above_or_beside_them(
    either: Provider, official: MakeOfficial, role: Role, place: str
) -> None:
    branch = plant(either)
    by = official(role, at=place)
    by.browser.go("/console/federation")
    for superior, entity in ((branch.city, branch.county), (branch.province, branch.city)):
        assert suspend(by, superior, entity) == 404
        assert state(either, superior, entity)[0] == "active"
    by.browser.go("/console/federation")
    assert suspend(by, branch.nation, branch.province) == 404
    assert state(either, branch.nation, branch.province)[0] == "active"


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDIT_ADMINISTRATOR])
def test_who_may_only_look_changes_nothing_and_the_try_is_on_record(
    either: Provider, official: MakeOfficial, role: Role
) -> None:
    branch = plant(either)
    by = official(role, at=CITY)
    by.browser.go(relation(branch.city, branch.county))
    assert 'id="suspend"' not in by.browser.response.get_data(as_text=True)
    assert suspend(by, branch.city, branch.county) == 403
    assert state(either, branch.city, branch.county)[0] == "active"
    with either.context():
        found = [one for one in record.in_division(CITY) if one.name == EventName.ACCESS_REFUSED]
        assert any(
            one.actor == f"official:{by.id}" and one.data["act"] == "suspend_subordinate" for one in found
        )


@pytest.mark.parametrize("role", [Role.PROOFING_CLERK, Role.AGENCY_CLERK, Role.PROOFING_APPROVER])
def test_other_posts_do_not_even_see_it(either: Provider, official: MakeOfficial, role: Role) -> None:
    branch = plant(either)
    by = official(role, at=CITY)
    assert "/console/federation" not in by.browser.response.get_data(as_text=True)
    by.browser.open(relation(branch.city, branch.county))
    assert by.browser.response.status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"reason": "   "},
        {"reason": "x" * 501},
        {"reason": "two\nlines"},
        {"reason": "a\0b"},
        {"understood": ""},
        {"understood": "no"},
    ],
)
def test_without_reason_or_confirmation_nothing_happens(
    either: Provider, official: MakeOfficial, changes: dict[str, str]
) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=CITY)
    by.browser.go(relation(branch.city, branch.county))
    assert suspend(by, branch.city, branch.county, **changes) == 400
    assert 'href="#' in by.browser.response.get_data(as_text=True)
    assert state(either, branch.city, branch.county)[0] == "active"


def test_without_a_token_of_the_form_nothing_happens(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=CITY)
    by.browser.go(relation(branch.city, branch.county))
    assert suspend(by, branch.city, branch.county, csrf_token="wrong") == 400
    assert 'data-error="csrf_failed"' in by.browser.response.get_data(as_text=True)
    assert state(either, branch.city, branch.county)[0] == "active"


def test_who_comes_second_is_told_so(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    first, second = official(SYSTEM, at=CITY), official(SECURITY, at=CITY)
    second.browser.go(relation(branch.city, branch.county))
    first.browser.go(relation(branch.city, branch.county))
    assert suspend(first, branch.city, branch.county) == 303
    assert suspend(second, branch.city, branch.county, reason="another") == 409
    assert state(either, branch.city, branch.county) == ("suspended", "data leak reported")


@pytest.mark.parametrize("entity", ["", "x", "https://nobody.example", "a\0b", "é", "x" * 3000, "' OR 1=1"])
def test_hostile_names_find_nothing(either: Provider, official: MakeOfficial, entity: str) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=CITY)
    by.browser.open(relation(branch.city, entity))
    assert by.browser.response.status_code == 404
    by.browser.open(relation(entity, branch.county))
    assert by.browser.response.status_code == 404


def test_reasons_are_shown_as_they_were_written(either: Provider, official: MakeOfficial) -> None:
    branch: Branch = plant(either)
    by = official(SYSTEM, at=CITY)
    by.browser.go(relation(branch.city, branch.county))
    assert suspend(by, branch.city, branch.county, reason="<script>alert(1)</script>") == 303
    by.browser.go(relation(branch.city, branch.county))
    page = by.browser.response.get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_somebody_above_suspended_only_they_or_somebody_above_take_up_again(
    either: Provider, official: MakeOfficial
) -> None:
    branch = plant(either)
    assert suspend(official(SYSTEM, at=PROVINCE), branch.city, branch.county) == 303
    of_the_city = official(SYSTEM, at=CITY)
    of_the_city.browser.go(relation(branch.city, branch.county))
    assert "held-from-above" in of_the_city.browser.response.get_data(as_text=True)
    values = {"act": "resume", "reason": "we think it is mended"}
    with_a_form(of_the_city.browser)
    assert post_directly(of_the_city.browser, relation(branch.city, branch.county), **values) == 403
    assert state(either, branch.city, branch.county)[0] == "suspended"
    again = with_a_form(official(SYSTEM, at=PROVINCE).browser)
    assert post_directly(again, relation(branch.city, branch.county), **values) == 303
    assert state(either, branch.city, branch.county)[0] == "active"
    # What the city itself suspended, the city takes up again.
    assert suspend(of_the_city, branch.city, branch.county) == 303
    with_a_form(of_the_city.browser)
    assert post_directly(of_the_city.browser, relation(branch.city, branch.county), **values) == 303


def page(official: Official, superior: str, entity: str) -> str:
    official.browser.go(relation(superior, entity))
    return official.browser.response.get_data(as_text=True)


def test_who_stands_above_keeps_it_suspended(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    of_the_city, of_the_province = official(SYSTEM, at=CITY), official(SECURITY, at=PROVINCE)
    assert suspend(of_the_city, branch.city, branch.county) == 303
    # Who suspended it has nothing to keep.
    assert 'id="keep"' not in page(of_the_city, branch.city, branch.county)
    assert suspend(of_the_city, branch.city, branch.county, reason="another") == 409
    shown = page(of_the_province, branch.city, branch.county)
    assert 'id="keep"' in shown
    assert 'id="resume"' in shown
    assert re.search(r'id="held-by".*?Hangzhou|id="held-by".*?杭州市', shown, re.DOTALL)
    of_the_province.browser.send("keep", values={"reason": ""})
    assert of_the_province.browser.response.status_code == 400
    assert state(either, branch.city, branch.county) == ("suspended", "data leak reported")
    of_the_province.browser.send("keep", values={"reason": "we examine it ourselves"})
    assert "Only your division, or one above it, can take it up again" in text(of_the_province.browser)
    assert state(either, branch.city, branch.county) == ("suspended", "we examine it ourselves")
    assert 'id="keep"' not in page(of_the_province, branch.city, branch.county)
    with either.context():
        mine = [
            one
            for one in record.in_division(CITY)
            if one.name == EventName.SUBORDINATE_SUSPENDED and one.data["entity"] == branch.county
        ]
    assert {one.actor for one in mine} == {f"official:{of_the_city.id}", f"official:{of_the_province.id}"}
    shown = page(of_the_city, branch.city, branch.county)
    assert "held-from-above" in shown
    assert 'id="resume"' not in shown
    values = {"act": "resume", "reason": "we think it is mended"}
    with_a_form(of_the_city.browser)
    assert post_directly(of_the_city.browser, relation(branch.city, branch.county), **values) == 403
    assert suspend(of_the_city, branch.city, branch.county, reason="another") == 409
    assert state(either, branch.city, branch.county) == ("suspended", "we examine it ourselves")
    of_the_province.browser.go(relation(branch.city, branch.county))
    of_the_province.browser.send("resume", values={"reason": "mended"})
    assert state(either, branch.city, branch.county) == ("active", None)


def test_nobody_keeps_what_was_suspended_by_command(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    with either.context():
        suspension.suspend(branch.city, branch.county, reason="by hand", by="operator:test")
        commit()
    by = official(SYSTEM, at=PROVINCE)
    shown = page(by, branch.city, branch.county)
    assert 'id="keep"' not in shown
    assert 'id="held-by"' not in shown
    assert 'id="resume"' in shown
    assert suspend(by, branch.city, branch.county, reason="ours") == 409
    assert state(either, branch.city, branch.county) == ("suspended", "by hand")


def test_what_was_taken_up_meanwhile_is_not_cut_off_unread(either: Provider, official: MakeOfficial) -> None:
    """The form to keep it suspended asks for no confirmation; an active one is never suspended by it."""
    branch = plant(either)
    of_the_city, of_the_province = official(SYSTEM, at=CITY), official(SYSTEM, at=PROVINCE)
    assert suspend(of_the_city, branch.city, branch.county) == 303
    of_the_province.browser.go(relation(branch.city, branch.county))
    of_the_city.browser.go(relation(branch.city, branch.county))
    of_the_city.browser.send("resume", values={"reason": "mended"})
    of_the_province.browser.send("keep", values={"reason": "ours"})
    assert of_the_province.browser.response.status_code == 400
    assert 'id="cut-off"' in of_the_province.browser.response.get_data(as_text=True)
    assert state(either, branch.city, branch.county) == ("active", None)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDIT_ADMINISTRATOR])
def test_who_may_only_look_keeps_nothing(either: Provider, official: MakeOfficial, role: Role) -> None:
    branch = plant(either)
    assert suspend(official(SYSTEM, at=CITY), branch.city, branch.county) == 303
    by = official(role, at=PROVINCE)
    assert 'id="keep"' not in page(by, branch.city, branch.county)
    assert suspend(by, branch.city, branch.county, reason="ours") == 403
    assert state(either, branch.city, branch.county) == ("suspended", "data leak reported")
