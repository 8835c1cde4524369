import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.sessions import user_agent

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile/15E148 Safari/604.1"
WECHAT = "Mozilla/5.0 (Linux; Android 14; HBN-AL00) Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.50"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(
    ("header", "name", "phone"),
    [
        (CHROME, "Chrome · Windows", False),
        (f"{CHROME} Edg/142.0", "Edge · Windows", False),
        (IPHONE, "Safari · iPhone", True),
        (WECHAT, "WeChat · Android", True),
        (FIREFOX, "Firefox · Linux", False),
        ("curl/8.5", None, False),
        ("", None, False),
    ],
)
def test_browsers_are_called_what_their_owners_call_them(header: str, name: str | None, phone: bool) -> None:
    assert user_agent.name(header) == name
    assert user_agent.is_phone(header) is phone


@given(st.text())
def test_any_header_has_an_answer(header: str) -> None:
    assert user_agent.name(header) != ""
    assert user_agent.is_phone(header) in {True, False}
