from werkzeug.wrappers import Response

from tongxing_client.browser_cookies import BrowserCookies


def test_two_sites_on_one_host_have_two_names() -> None:
    one, other = (BrowserCookies(f"http://localhost:{port}", f"http://localhost:{port}") for port in (1, 2))
    assert len({one.session, one.browser, other.session, other.browser}) == 4


def test_over_https_a_cookie_is_for_this_host_alone() -> None:
    cookies = BrowserCookies("https://fund.example.gov.cn", "city fund 密")
    assert cookies.session == "__Host-tongxing_city_fund__"
    response = Response()
    cookies.set(response, cookies.session, "value")
    said = response.headers["Set-Cookie"]
    assert all(word in said for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    cookies.delete(response, cookies.session)
    assert "Max-Age=0" in response.headers.getlist("Set-Cookie")[1]
