import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.authenticators import password_policy
from idp.errors import InvalidInput


def code_of(password: str, **about: str) -> str | None:
    try:
        password_policy.check(password, minimum=10, **about)
    except InvalidInput as refused:
        return f"{refused.field}: {refused.code}"
    return None


@pytest.mark.parametrize(
    "password",
    [
        "Tongxing-demo-2026",
        "correct horse battery",
        "我的猫今天又偷吃了三条鱼",
        "k8#vQz!w2Lp",
        "pride and prejudice 1813",
    ],
)
def test_good_passwords_are_taken(password: str) -> None:
    assert code_of(password, username="zhangwei", phone="+8613800138000") is None


@pytest.mark.parametrize(
    "password",
    [
        "password12345",
        "P@ssw0rd!!2026",
        "1234567890",
        "0987654321",
        "12345678901234",
        "qwertyuiop",
        "QWERTYUIOPASDF",
        "1qaz2wsx3edc",
        "aaaaaaaaaaaa",
        "ababababab",
        "abcabcabcabc",
        "13900139000",
        "138 0013 8001",
        "woaini1314520",
        "iloveyou2026",
        "admin@123456",
        "zhangwei1990"[:5] + "password",
        "ｐａｓｓｗｏｒｄ１２３",
        "zhongguo2026!",
        "a123456789",
        "aa12345678",
        "12345678ab",
        "!qwertyuio1",
        "5201314520",
        "1688881314",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert code_of(password) == "password: password_common"


def test_length_is_counted_in_characters() -> None:
    assert code_of("k8#vQz!w2") == "password: password_too_short"
    assert code_of("猫今天又偷吃了三条") == "password: password_too_short"
    assert code_of("猫今天又偷吃了三条鱼") is None
    assert code_of("") == "password: password_too_short"
    assert code_of("é" * 5 + "e\u0301" * 4) == "password: password_too_short"
    assert code_of("x y" * 100_000) == "password: password_too_long"


def test_ones_own_name_and_number_are_refused() -> None:
    assert code_of("my-ZhangWei-pw", username="zhangwei") == "password: password_personal"
    assert code_of("call13800138000!", phone="+8613800138000") == "password: password_personal"
    assert code_of("my-lin-password-7", username="lin") is None


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused_by_name(password: str) -> None:
    code = code_of(password, username="zhangwei", phone="+8613800138000")
    assert code is None or code.startswith("password: password_")


@given(st.text(alphabet="01", min_size=10, max_size=40))
def test_two_characters_make_no_password(password: str) -> None:
    assert code_of(password) == "password: password_common"


@pytest.mark.parametrize(
    ("password", "count"),
    [
        ("", 0),
        ("abc", 1),
        ("abcABC", 2),
        ("abcABC1", 3),
        ("abcABC1!", 4),
        ("猫今天", 1),
        ("猫今天 abc 1", 3),
        ("ＡＢＣ", 1),
    ],
)
def test_kinds_of_characters(password: str, count: int) -> None:
    assert password_policy.kinds(password) == count


def test_three_kinds_where_the_policy_says_so() -> None:
    assert code_of("correct horse battery", policy="djbh3") == "password: password_simple"
    assert code_of("Correct horse battery", policy="djbh3") is None
    assert code_of("correct horse battery", policy="nist") is None


@given(st.text(max_size=60))
def test_the_stricter_policy_takes_nothing_that_the_other_refuses(password: str) -> None:
    if code_of(password, policy="djbh3") is None:
        assert code_of(password, policy="nist") is None


@pytest.mark.parametrize("filling", ["ﷺ", "!", "1!", "㏂1", "ﷺa"])
def test_a_hostile_password_costs_no_more_time_than_another(filling: str) -> None:
    # One sign of these becomes eighteen when it is brought into its one form.
    hostile = "a" + (filling * 1022)[:1022] + "a"
    before = time.process_time()
    code_of(hostile)
    assert time.process_time() - before < 0.2
