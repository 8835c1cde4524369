from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.relying_parties import uri_rules


def reason(uri: str, *, sandbox: bool = False, native: bool = False) -> str:
    try:
        uri_rules.check_redirect_uri(uri, sandbox=sandbox, native=native)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "uri",
    [
        "https://fund.example.cn/callback",
        "https://fund.example.cn",
        "https://fund.example.cn:8443/a/b?tenant=1&x=%E4%B8%AD",
        "https://10.0.0.7/cb",
        "https://[2001:db8::7]:444/cb",
        "https://xn--fiqs8s.example/cb",
        "https://intranet/cb",
    ],
)
def test_plain_https_addresses_are_accepted(uri: str) -> None:
    assert reason(uri) == ""


@pytest.mark.parametrize(
    ("uri", "because"),
    [
        ("javascript:alert(1)", "https://"),
        ("data:text/html,x", "https://"),
        ("file:///etc/passwd", "https://"),
        ("com.example.app:/cb", "https://"),
        ("//fund.example.cn/cb", "absolute"),
        ("/cb", "absolute"),
        ("", "characters"),
        ("HTTPS://fund.example.cn/cb", "lower case"),
        ("https://Fund.example.cn/cb", "lower case"),
        ("https://*.example.cn/cb", "wildcards"),
        ("https://fund.example.cn/*", "wildcards"),
        ("https://fund.example.cn/cb#part", "fragment"),
        ("https://fund.example.cn/cb#", "fragment"),
        ("https://user@fund.example.cn/cb", "user names"),
        ("https://user:pw@fund.example.cn/cb", "user names"),
        ("https://fund.example.cn@evil.example/", "user names"),
        ("https://fund.example.cn./cb", "dot"),
        ("https://.example.cn/cb", "domain name"),
        ("https://fund..example.cn/cb", "domain name"),
        ("https://-a.example.cn/cb", "domain name"),
        ("https://a_b.example.cn/cb", "domain name"),
        ("https://" + "a" * 64 + ".cn/cb", "domain name"),
        ("https://" + "abcdefgh." * 30 + "cn/cb", "domain name"),
        ("https:///cb", "no host"),
        ("https:cb", "no host"),
        ("https://:443/cb", "no host"),
        ("https://fund.example.cn:/cb", "port"),
        ("https://fund.example.cn:0/cb", "port"),
        ("https://fund.example.cn:99999/cb", "not an address"),
        ("https://fund.example.cn:x/cb", "not an address"),
        ("https://[::1/cb", "not an address"),
        ("https://[::1%25eth0]/cb", "percent"),
        ("https://2130706433/cb", "IP address"),
        ("https://127.1/cb", "IP address"),
        ("https://0x7f000001/cb", "IP address"),
        ("https://256.1.1.1/cb", "IP address"),
        ("https://住房.example/cb", "ASCII"),
        ("https://fund.example.cn/回调", "ASCII"),
        ("https://fund.example.cn/a b", "characters"),
        ("https://fund.example.cn/a\nb", "characters"),
        ("https://fund.example.cn\\@evil.example/", "characters"),
        ("https://fund.example.cn/%zz", "characters"),
        ("https://fund.example.cn/%00", "characters"),
        ('https://fund.example.cn/"', "characters"),
        ("https://fund.example.cn/a/../b", "segments"),
        ("https://fund.example.cn/a/%2E%2e/b", "segments"),
        ("https://fund.example.cn/cb?code=1", "code"),
        ("https://fund.example.cn/cb?x=1&state=", "state"),
        ("https://fund.example.cn/" + "a" * 2000, "longer"),
        ("http://fund.example.cn/cb", "plain http"),
        ("http://localhost.evil.example/cb", "plain http"),
    ],
)
def test_addresses_that_could_lead_astray_are_refused_with_the_reason(uri: str, because: str) -> None:
    assert because in reason(uri)
    assert reason(uri, sandbox=True) == reason(uri)


@pytest.mark.parametrize("uri", ["http://localhost:8001/cb", "http://127.0.0.1/cb", "http://[::1]:9/cb"])
def test_http_on_loopback_is_for_the_sandbox_and_for_native_apps(uri: str) -> None:
    assert reason(uri, sandbox=True) == ""
    assert reason(uri, native=True) == ""
    assert "sandbox" in reason(uri)


@pytest.mark.parametrize(
    ("uri", "because"),
    [
        ("com.example.app:/callback", ""),
        ("https://app.example.cn/callback", ""),
        ("myapp:/callback", "reversed domain"),
        ("javascript:alert(1)", "reversed domain"),
        ("com.example.app://callback", "no host"),
        ("com.example.app:/callback#x", "fragment"),
        ("http://app.example.cn/callback", "loopback"),
        ("http://127.0.0.1:0/callback", "port"),
    ],
)
def test_native_apps_may_use_a_reversed_domain_name_as_scheme(uri: str, because: str) -> None:
    assert (because in reason(uri, native=True)) if because else reason(uri, native=True) == ""


@pytest.mark.parametrize(
    ("uri", "because"),
    [
        ("/static/logo.svg", ""),
        ("https://a.example/logo.png", ""),
        ("//evil.example/logo.png", "absolute"),
        ("/../logo.svg", "segments"),
        ("data:image/png;base64,AA==", "https"),
    ],
)
def test_a_logo_is_a_path_here_or_an_https_address(uri: str, because: str) -> None:
    if not because:
        uri_rules.check_logo(uri, sandbox=False)
    else:
        with pytest.raises(ValueError, match=because):
            uri_rules.check_logo(uri, sandbox=False)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://a.example:443/cb", "https://a.example"),
        ("https://a.example:8443/cb", "https://a.example:8443"),
        ("http://localhost:8001/cb", "http://localhost:8001"),
        ("https://[2001:db8::1]/cb", "https://[2001:db8::1]"),
        ("com.example.app:/cb", None),
    ],
)
def test_origins_are_written_as_browsers_do(uri: str, expected: str | None) -> None:
    assert uri_rules.origin(uri) == expected


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("http://127.0.0.1:51004/cb", "http://127.0.0.1/cb"),
        ("http://[::1]:7?x", "http://[::1]?x"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://localhost:1/cb", None),
        ("http://127.0.0.1.evil.example/cb", None),
        ("http://127.0.0.1:1@evil.example/", None),
        ("http://127.0.0.1:123456/cb", None),
        ("https://127.0.0.1:1/cb", None),
    ],
)
def test_only_loopback_addresses_lose_their_port(uri: str, expected: str | None) -> None:
    assert uri_rules.without_port(uri) == expected


@given(
    uri=st.text(max_size=80) | st.from_regex(r"https?://[a-z0-9.@:\[\]/#?*%-]{0,40}", fullmatch=True),
    native=st.booleans(),
)
def test_whatever_comes_is_accepted_or_refused_with_a_sentence(*, uri: str, native: bool) -> None:
    said = reason(uri, sandbox=True, native=native)
    if not said:
        assert uri.isascii()
        assert not set(uri) & set("#*\\ \n")
        assert "@" not in urlsplit(uri).netloc
