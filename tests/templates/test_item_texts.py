"""Every item a person may be asked for has a name and a meaning, in both languages."""

import pytest
from flask import render_template_string
from flask_babel import force_locale

from idp import claims
from tests.provider import Provider

SHOW = '{% import "_item_texts.html" as texts with context %}{{ texts.label(n) }}|{{ texts.description(n) }}'


@pytest.mark.parametrize("item", claims.ITEMS)
def test_an_item_is_explained_in_both_languages(provider: Provider, item: str) -> None:
    shown = set()
    for locale in ("en", "zh_Hans"):
        with provider.app.test_request_context("/"), force_locale(locale):
            label, description = (part.strip() for part in render_template_string(SHOW, n=item).split("|"))
        assert label
        assert label != item
        assert description
        shown |= {label, description}
    assert len(shown) == 4
