from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.response_modes import query
from idp.response_modes.reply import Reply

PARAMS = st.dictionaries(
    st.sampled_from(["code", "state", "iss", "error"]), st.text(st.characters(exclude_categories=["Cs"]))
)


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        ("https://a.example/cb", "https://a.example/cb?code=1"),
        ("https://a.example/cb?x=1", "https://a.example/cb?x=1&code=1"),
        ("cn.example.app:/cb", "cn.example.app:/cb?code=1"),
    ],
)
def test_the_answer_joins_the_query_that_is_there(uri: str, location: str) -> None:
    """RFC 6749 §3.1.2: the endpoint's own query must be retained."""
    assert query.reply(uri, {"code": "1"}) == Reply(location=location)


@given(PARAMS)
def test_every_value_arrives_and_none_breaks_out(params: dict[str, str]) -> None:
    location = query.reply("https://a.example/cb", params).location or ""
    assert location.isascii()
    assert location.isprintable()
    assert dict(parse_qsl(urlsplit(location).query, keep_blank_values=True)) == params
