import pytest

from idp.relying_parties import asking_site, metadata
from tests.relying_parties.documents import web


@pytest.mark.parametrize(
    ("locale", "name", "purpose"),
    [("zh_Hans", "住房公积金", "办理公积金业务"), ("en", "Housing Fund", "To serve you")],
)
def test_a_site_is_shown_in_the_persons_language(locale: str, name: str, purpose: str) -> None:
    rp = metadata.parse(web(client_uri="https://fund.example.cn/"), sandbox=False).relying_party
    site = asking_site.of(rp, locale)
    assert (site.client_id, site.name, site.purpose) == ("housing-fund", name, purpose)
    assert (site.division_name, site.organization) == ("浙江省 杭州市", "杭州住房公积金管理中心")
    assert (site.client_uri, site.policy_uri) == ("https://fund.example.cn/", None)


@pytest.mark.parametrize(
    ("logo", "shown"), [("/static/fund.svg", "/static/fund.svg"), ("https://fund.example.cn/logo.png", None)]
)
def test_only_a_logo_of_our_own_is_shown(logo: str, shown: str | None) -> None:
    rp = metadata.parse(web(logo_uri=logo), sandbox=False).relying_party
    assert asking_site.of(rp, "en").logo_uri == shown
