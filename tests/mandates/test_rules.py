from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.mandates import rules, rules_file
from idp.mandates.rules import RulesError

TEXT = rules_file.FILE.read_text(encoding="utf-8")


def test_the_file_says_what_the_law_and_the_house_say() -> None:
    found = rules.parse(TEXT)
    assert found.chain == 2
    assert found.principals_per_relative == 6
    assert found.roles["representative"].most == 1
    assert found.roles["administrator"].most == 5
    assert found.roles["administrator"].holder_proofing == 3
    handler = found.roles["handler"]
    assert (handler.default_days, handler.longest_days, handler.single_use_hours) == (30, 365, 24)
    assert not handler.appoints
    assert found.roles["agency"].items == "named"
    assert [rule.since for rule in found.ages] == [0, 8, 14, 16, 18]
    assert found.of_age == 18
    assert [found.at_age(years).guardian_acts for years in (0, 7, 8, 15, 16, 17, 18, 99)] == [
        *["all"] * 4,
        *["items"] * 2,
        *["never"] * 2,
    ]
    assert [found.at_age(years).consents for years in (7, 13, 14)] == ["guardian", "guardian", "child"]
    assert (found.assisted.extensions, found.assisted.warn_seconds) == (1, 30)


def test_all_mistakes_are_told_at_once() -> None:
    broken = (
        TEXT.replace("version = 1", "version = 0")
        .replace('principal = "enterprise"', 'principal = "village"', 1)
        .replace("most = 5", 'most = "five"')
        .replace("longest_days = 1095", "longest_days = 3")
        .replace('appoints = ["handler", "agency"]', 'appoints = ["king"]')
        .replace("from = 8", "from = 15")
        .replace('guardian_acts = "never"', 'guardian_acts = "all"')
        .replace("warn_seconds = 30", "warn = 30")
        .replace('personal_acts = ["proofing"', 'personal_acts = [7, "proofing"')
        .replace("holder_proofing = 2", "holder_proofing = 9", 1)
    )
    with pytest.raises(RulesError) as caught:
        rules.parse(broken)
    assert set(caught.value.problems) >= {
        "version: must be a whole number, 1 or more",
        "roles.representative.principal: must be one of citizen, enterprise",
        "roles.administrator.most: must be a whole number, 0 or more",
        "roles.ward_guardian.default_days: more than longest_days",
        "roles.administrator.appoints: king is no role",
        "ages: must begin at 0 and rise",
        'ages: the last must have guardian_acts = "never"',
        "assisted.warn: unknown",
        "assisted.warn_seconds: must be a whole number, 0 or more",
        "personal_acts: must be a list of texts",
        "roles.handler.holder_proofing: at most 4",
    }


@pytest.mark.parametrize("text", ["", "=", "roles = 3", "ages = [1]", "[roles.king]\nmost = 1"])
def test_a_file_that_is_no_such_file_is_refused(text: str) -> None:
    with pytest.raises(RulesError):
        rules.parse(text)


@given(st.text(max_size=200))
def test_nothing_else_than_a_refusal_comes_of_any_text(text: str) -> None:
    with pytest.raises(RulesError):
        rules.parse(text)


def test_the_file_is_part_of_the_configuration() -> None:
    assert Path("config/mandates.toml").resolve() == rules_file.FILE.resolve()
    assert rules_file.get() is rules_file.get()
