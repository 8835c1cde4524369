"""The names of levels (domain §2)."""

from dataclasses import replace

import pytest

from idp.assurance import acr
from idp.assurance.policy import LEVELS
from tests.assurance.worlds import PACKAGED


def test_each_level_has_its_name_and_back() -> None:
    assert [acr.of(level) for level in LEVELS] == [f"urn:tongxing:loa:{level}" for level in range(5)]
    assert [acr.find(acr.of(level)) for level in LEVELS] == list(LEVELS)


@pytest.mark.parametrize("level", [-1, 5])
def test_there_are_five_levels(level: int) -> None:
    with pytest.raises(IndexError):
        acr.of(level)


@pytest.mark.parametrize("text", ["", "0", "urn:tongxing:loa:5", "urn:tongxing:loa:٣", "URN:TONGXING:LOA:1"])
def test_other_texts_name_no_level(text: str) -> None:
    assert acr.find(text) is None


def test_assisted_is_a_value_and_no_level() -> None:
    assert acr.find(acr.ASSISTED) is None


def test_what_no_session_can_reach_is_not_offered() -> None:
    assert acr.supported(PACKAGED) == [*acr.NAMES, acr.ASSISTED]
    assert acr.supported(replace(PACKAGED, caps=(0, 2, 3, 3))) == [*acr.NAMES[:4], acr.ASSISTED]
