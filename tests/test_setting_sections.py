"""The tables of the settings file."""

from typing import Any

import pytest
from pydantic import ValidationError

from idp import setting_sections
from idp.setting_sections import Section

SECTIONS = [
    kind
    for kind in vars(setting_sections).values()
    if isinstance(kind, type) and issubclass(kind, Section) and kind is not Section
]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_says_what_it_is_for(section: type[Section]) -> None:
    assert all(field.description for field in section.model_fields.values())


@pytest.mark.parametrize("section", SECTIONS)
def test_an_unknown_setting_is_a_mistake(section: type[Section]) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        section(unknown_setting=1)  # type: ignore[call-arg] # the mistake under test


@pytest.mark.parametrize("section", SECTIONS)
def test_settings_never_change(section: type[Section]) -> None:
    made: Any = section()
    with pytest.raises(ValidationError, match="frozen"):
        setattr(made, next(iter(section.model_fields)), 1)
