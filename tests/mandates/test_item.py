from idp.claims import ITEMS
from idp.mandates import item
from idp.mandates.rules_file import get
from idp.mandates.terms import ITEM


def test_items_have_names_in_both_languages_and_are_never_personal_acts() -> None:
    codes = [one.code for one in item.listed()]
    assert len(set(codes)) == len(codes) > 5
    assert not set(codes) & get().personal_acts
    for one in item.listed():
        assert ITEM.fullmatch(one.code)
        assert one.name("zh_Hans") == one.zh != one.en == one.name("en")


def test_what_data_a_code_needs_is_known_item_by_item() -> None:
    for one in item.listed():
        assert one.data <= set(ITEMS), one.code
    assert item.data_of(("estate-query", "fund-withdrawal")) == item.data_of(("fund-withdrawal",))
    assert item.data_of(("estate-query", "330106-X")) is None
    assert item.data_of(()) is None


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert item.name_of("estate-query", "en") == "Look-up of registered property"
    assert item.name_of("330106-X", "zh_Hans") == "330106-X"
