"""Every item of the table lies under a theme of the other table."""

from idp.mandates import item, item_theme


def test_items_name_themes_that_exist() -> None:
    known = {one.code for one in item_theme.listed()}
    assert known
    assert {one.theme for one in item.listed()} <= known | {""}


def test_themes_have_a_name_in_both_languages() -> None:
    assert all(one.name("en") and one.name("zh_Hans") for one in item_theme.listed())
    assert [one.name("en") for one in item_theme.listed() if one.code == "home"] == ["Housing and property"]
