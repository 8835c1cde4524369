from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxing_client import return_to


@pytest.mark.parametrize("text", ["/", "/records", "/a/b?c=d&e=%2F", "/a#b", "/a:b", "/%E5%BC%A0", "/a//b"])
def test_a_local_path_is_taken(text: str) -> None:
    assert return_to.find_local_path(text) == text


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "records",
        "//evil.cn",
        "///evil.cn",
        "/\\evil.cn",
        "\\\\evil.cn",
        "/\t/evil.cn",
        "/\n/evil.cn",
        "/ /evil.cn",
        "https://evil.cn",
        "https:evil.cn",
        "javascript:alert(1)",
        "/张",
        "/\x00",
        "/" + "a" * 3000,
        "//[",
    ],
)
def test_anything_else_is_not(text: str | None) -> None:
    assert return_to.find_local_path(text) is None


@given(st.text(alphabet="/\\:@.?#%\t\n ae1", max_size=12))
def test_whatever_is_taken_stays_on_this_site(text: str) -> None:
    taken = return_to.find_local_path(text)
    if taken is not None:
        assert urlsplit(urljoin("https://fund.example.cn/login", taken)).netloc == "fund.example.cn"


def test_a_request_becomes_a_deep_link() -> None:
    assert return_to.from_request("/记录/a b", b"x=1&y=%20") == "/%E8%AE%B0%E5%BD%95/a%20b?x=1&y=%20"
    assert return_to.from_request("/records", b"") == "/records"
    assert return_to.from_request("/a?b", b"") == "/a%3Fb"


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("https://fund.example.cn/a?b=c#d", "/a?b=c#d"),
        ("https://fund.example.cn", "/"),
        ("https://fund.example.cn/", "/"),
        ("https://fund.example.cn?x=1", None),
        ("https://fund.example.cn.evil.cn/a", None),
        ("https://fund.example.cn@evil.cn/a", None),
        ("https://fund.example.cn:8443/a", None),
        ("http://fund.example.cn/a", None),
        ("//fund.example.cn/a", None),
        ("/a", None),
        ("https://fund.example.cn//evil.cn", None),
        ("https://fund.example.cn/\\evil.cn", None),
        ("https://fund.example.cn/a\r\nX: y", None),
        ("https://[", None),
        ("https://fund.example.cn/" + "a" * 3000, None),
        ("", None),
        (None, None),
    ],
)
def test_a_page_of_this_site_is_known_by_its_address(target: str | None, path: str | None) -> None:
    assert return_to.find_page_of("https://fund.example.cn", target) == path
