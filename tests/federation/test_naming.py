"""Names for people: in their language where there is one, else in another."""

import pytest

from idp.federation import naming
from tests.federation import hosted
from tests.provider import Provider, counted


@pytest.mark.parametrize(
    ("names", "locale", "name"),
    [
        ({"zh-Hans": "浙江省", "en": "Zhejiang"}, "zh_Hans", "浙江省"),
        ({"zh-Hans": "浙江省", "en": "Zhejiang"}, "en", "Zhejiang"),
        ({"en-GB": "Zhejiang"}, "en", "Zhejiang"),
        ({"zh": "浙江"}, "zh_Hans", "浙江"),
        ({"zh-Hans": "浙江省"}, "en", "浙江省"),
        ({}, "en", ""),
        (None, "en", ""),
    ],
)
def test_the_nearest_language_counts(names: dict[str, str] | None, locale: str, name: str) -> None:
    assert naming.name_in(names, locale) == name


def test_two_queries_for_any_number_and_strangers_have_none(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        ids = [tree.anchor, tree.province, "https://stranger.example", "", "\u00e9"]
        with counted(either.app) as counts:
            found = naming.names_of(ids, "en")
        assert found == {tree.anchor: "Nation", tree.province: "浙江省"}
        assert len(counts.statements) == 2
        assert naming.names_of([], "en") == {}
