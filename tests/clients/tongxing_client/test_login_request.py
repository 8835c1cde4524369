import pytest

from tongxing_client import errors, login_request

SITE, ISSUER = "https://fund.example.cn", "https://id.example.gov.cn"


def page(**asked: str) -> str | None:
    return login_request.find_page(asked, site_url=SITE, issuer=ISSUER)


def test_the_providers_target_goes_before_the_sites_own_wish() -> None:
    assert page(iss=ISSUER, target_link_uri=f"{SITE}/a", return_to="/b") == "/a"
    assert page(target_link_uri="https://evil.cn/a", return_to="/b") == "/b"
    assert page() is None


def test_another_provider_begins_no_login_here() -> None:
    for other in ("https://other.example", "", f"{ISSUER}/"):
        with pytest.raises(errors.CallbackRefused):
            page(iss=other, return_to="/b")


def test_only_words_of_the_site_are_asked_for() -> None:
    ask = login_request.read_ask({"scope": "phone evil", "switch": "1", "acr": "a b"}, {"phone", "email"})
    assert (ask.scope, ask.prompt, ask.acr) == (("phone",), "select_account", ("a", "b"))


@pytest.mark.parametrize("acr", ["x" * 256, "\x00", "é"])
def test_an_impossible_level_is_refused(acr: str) -> None:
    with pytest.raises(errors.CallbackRefused):
        login_request.read_ask({"acr": acr}, ())
