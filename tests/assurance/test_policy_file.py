"""The level file: every mistake at once, hostile files refused, nothing half read."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.assurance import policy_file
from idp.assurance.policy import KINDS, Act, Life
from idp.assurance.policy_file import PolicyError
from idp.level_policy import packaged

TEXT = packaged.text()


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        policy_file.parse(text)
    assert str(caught.value)
    return [str(problem) for problem in caught.value.problems]


def changed(*pairs: tuple[str, str]) -> str:
    """The packaged file with each first text of a pair replaced, once."""
    text = TEXT
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    return text


def test_the_packaged_file_says_what_the_domain_says() -> None:
    policy = policy_file.parse(TEXT)
    assert [level.name.zh for level in policy.levels] == ["未实名", "初级", "中级", "高级", "现场/证书"]
    assert policy.caps == (0, 2, 3, 4)
    assert policy.fresh_from == 4
    assert set(policy.proofing) == set(KINDS)
    assert policy.lives.of(2, own_device=True) == Life(30 * 86_400, 30 * 86_400)
    assert policy.lives.of(1) == Life(86_400, 86_400)
    assert policy.lives.of(3, own_device=True) == Life(86_400, 3600)
    assert policy.lives.of(4) == policy.lives.of(1, "official") == Life(12 * 3600, 900)
    assert policy.lives.kiosk == Life(600, 90)
    assert policy.floors.acts["change_phone"] == Act(None, 300, cryptographic=False)
    assert policy.floors.acts["console_security"] == Act(4, None, cryptographic=True)
    assert policy.floors.of_scopes(["openid", "real_name"]) == 2
    assert policy.floors.of_scopes(["openid"]) == policy.floors.of_items([]) == 0
    assert policy.password_policy == {"citizen": "nist", "official": "djbh3"}
    assert [one.name.en for one in policy.comparable][1:] == ["ISO/IEC 29115", "eIDAS", "NIST SP 800-63-4"]
    assert all(len(one.levels) == 5 for one in policy.comparable)


def test_ways_stand_highest_first_and_easiest_first() -> None:
    policy = policy_file.parse(TEXT)
    for routes in (*policy.proofing.values(), policy.authentication):
        order = [(-route.level, route.effort) for route in routes]
        assert order == sorted(order)


def test_all_mistakes_are_told_at_once() -> None:
    text = changed(
        ("A1 = 2", "A1 = 9"),
        ("fal = 2", 'fal = "two"'),
        ("days = 1096", "dayz = 1096"),
        ('evidence = ["register", "face"]', 'evidence = ["registre", "face"]'),
        ("[floors.acts.console]", "[floors.acts.consol]"),
        ('official = "djbh3"', 'official = "none"'),
    )
    found = problems(text)
    assert found == [
        "evidence.phone.dayz: unknown name",
        "fal: must be a whole number from 1 to 3",
        "proofing.citizen[7].evidence: unknown: registre",
        "caps.A1: must be a whole number from 0 to 4",
        "passwords.official: must be one of nist, djbh3",
        "floors.acts.console: is missing",
        "floors.acts.consol: is no act that the provider knows",
    ]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('acr = "urn:tongxing:loa:3"', 'acr = "urn:x:3"', "levels.3.acr: must be urn:tongxing:loa:3"),
        ("A0 = 0", "A0 = 1", "caps.A0: must be 0"),
        ("A2 = 3", "A2 = 1", "caps.A2: must not be lower than A1"),
        ("A3 = 4", "A3 = 3", "caps: nobody could ever reach level 4"),
        ("effort = 4", "effort = true", "evidence.face.effort: must be a whole number from 0 to 100"),
        ('zh = "初级"', 'zh = ""', "levels.1.name.zh: must be a text"),
        ('name.zh = "初级"\n', "", "levels.1.name.zh: is missing"),
        ("[levels.4]", "[levels.5]", "levels.4: is missing"),
        ("[caps]", "[cap]", "caps: is missing"),
        ("fresh_from = 4", "", "fresh_from: is missing"),
        ("fresh_from = 4", "fresh_from = 5", "fresh_from: must be a whole number from 1 to 4"),
        ("biometric = true", "biometric = 1", "evidence.face.biometric: must be true or false"),
        ("idle = 3600", "idle = 99999", "sessions.level_3.idle: must not be longer than absolute"),
        (
            "absolute = 43200",
            "absolute = 90000",
            "sessions.level_4.absolute: must not be longer than level_3's",
        ),
        ("# valid_until =", "valid_until = 2027-01-01", "valid_until: must be a moment with an offset"),
        (
            "# valid_until =",
            "valid_until = 2027-01-01T00:00:00",
            "valid_until: must be a moment with an offset",
        ),
        (
            "# valid_until =",
            "valid_from = 2027-01-01T00:00:00Z\nvalid_until = 2027-01-01T00:00:00Z",
            "valid_until: must be later than valid_from",
        ),
        (
            'level = 2\nevidence = ["vouch"]',
            'level = 3\nevidence = ["vouch"]',
            "vouch must not earn more than level 2",
        ),
        (
            'evidence = ["point"]',
            'evidence = ["appointment"]',
            "appointment is no evidence of that kind of account",
        ),
        ('evidence = ["point"]', 'evidence = ["chip"]', "evidence.point: earns nothing"),
        ('evidence = ["phone"]', "evidence = []", "proofing.citizen[2].evidence: must not be empty"),
        (
            'kinds = ["citizen"]',
            'kinds = ["citizen", "citizen"]',
            "evidence.self.kinds: names one thing twice",
        ),
        ('kinds = ["citizen"]', 'kinds = "citizen"', "evidence.self.kinds: must be a list of texts"),
        ('methods = ["pwd", "recovery_code"]', 'methods = ["pwd"]', "recovery_code: earns nothing"),
        ('"三级", ', "", "comparable[1].levels: needs 5 entries"),
        ("[evidence.self]", '[evidence."Self!"]', "evidence.Self!: a name has small letters"),
        ('evidence = ["chip"]', 'evidence = ["point"]', "proofing.citizen: point stands there twice"),
        ('methods = ["sms"]', 'methods = ["pwd"]', "authentication: pwd stands there twice"),
        ("real_name = 2", 'real_name = "2"', "floors.scopes.real_name: must be a whole number"),
        ('level = "held"', 'level = "any"', "floors.acts.change_phone.level: must be a whole number"),
        ("title.en", "titel.en", "titel: unknown name"),
    ],
)
def test_each_mistake_says_where_and_what(before: str, after: str, problem: str) -> None:
    assert any(one.find(problem) >= 0 for one in problems(changed((before, after)))), problem


def test_biometric_evidence_is_never_the_only_way() -> None:
    text = TEXT
    for other in (
        '["register", "operator3", "bank4"]',
        '["network_id"]',
        '["chip"]',
        '["point"]',
        '["counter"]',
    ):
        text = text.replace(f"evidence = {other}", 'evidence = ["register", "face"]')
    text = text.replace(
        '[[proofing.citizen]]\nlevel = 4\nevidence = ["certificate"]',
        '[[proofing.citizen]]\nlevel = 4\nevidence = ["certificate", "face"]',
    )
    found = problems(text)
    for level in (3, 4):
        assert (
            f"proofing.citizen: level {level} is reached by biometric evidence only; give another way"
            in found
        )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "a = 1\na = 2",
        "x = " + "[" * 5000,
        "a." * 3000 + "a = 1",
        "n = " + "9" * 5000,
        "\x00",
        "levels = 7",
        "levels = [1]",
        "evidence = 3\nproofing = 4\nauthenticators = []\nfloors = 'x'\nsessions = 2020-01-01",
        "title = " + "'x'" + "\n#" + "长" * policy_file.LONGEST,
    ],
)
def test_what_is_no_level_file_is_refused_and_never_breaks(text: str) -> None:
    assert problems(text)


@given(st.text(max_size=200))
def test_any_text_is_refused_in_order(text: str) -> None:
    assert problems(text)


@given(st.sampled_from(TEXT.splitlines()), st.text(alphabet='abz=[]."\n10', max_size=12))
def test_any_line_may_be_damaged(line: str, damage: str) -> None:
    with suppress(PolicyError):
        assert policy_file.parse(TEXT.replace(line, damage, 1)).caps[0] == 0


def test_a_files_own_dates_are_read_and_judged() -> None:
    policy = policy_file.parse(
        changed(
            (
                "# valid_until =",
                "valid_from = 2026-01-01T00:00:00+08:00\nvalid_until = 2027-01-01T00:00:00+08:00",
            )
        )
    )
    begin, end = datetime(2025, 12, 31, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert (policy.valid_from, policy.valid_until) == (begin, end)
    assert policy.is_begun(begin)
    assert not policy.is_begun(datetime(2025, 12, 31, 15, 59, tzinfo=UTC))
    assert policy.is_expired(end)
    assert not policy.is_expired(begin)
    endless = policy_file.parse(TEXT)
    assert endless.is_begun(begin)
    assert not endless.is_expired(end)
