import pytest

from idp.relying_parties.localized import UNSAID, Localized, localized


@pytest.mark.parametrize(
    ("tagged", "default", "locale", "shown"),
    [
        ({"en": "Fund", "zh-Hans": "公积金"}, "", "zh_Hans", "公积金"),
        ({"en": "Fund", "zh-Hans": "公积金"}, "", "en", "Fund"),
        ({"en-GB": "Fund"}, "公积金", "en", "Fund"),
        ({"zh-CN": "公积金", "zh-Hans": "住房公积金"}, "", "zh_Hans", "住房公积金"),
        ({}, "公积金", "en", "公积金"),
        ({"en": "Fund"}, "", "zh_Hans", "Fund"),
        ({"bo": "x"}, "", "zh_Hans", "x"),
        ({"EN": "Fund"}, "公积金", "en", "Fund"),
    ],
)
def test_the_text_nearest_to_the_persons_language_is_shown(
    tagged: dict[str, str], default: str, locale: str, shown: str
) -> None:
    assert localized(default, tagged).text(locale) == shown


def test_without_an_untagged_text_the_chinese_one_stands_for_it() -> None:
    assert localized("", {"en": "Fund", "zh-Hans": "公积金"}).default == "公积金"


def test_nothing_said_is_false() -> None:
    assert not UNSAID
    assert UNSAID.text("en") == ""
    assert Localized("x")
