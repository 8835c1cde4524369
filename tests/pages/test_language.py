import pytest

from tests.person import Visitor
from tests.provider import ISSUER, Provider


@pytest.fixture
def visitor(provider: Provider) -> Visitor:
    return Visitor(provider.app, ISSUER, language="zh-CN")


def test_the_choice_is_kept_and_the_person_stays_where_they_are(visitor: Visitor) -> None:
    visitor.go("/sign-up?next=/account/sessions")
    assert visitor.page.language == "zh-Hans"
    link = visitor.response.get_data(as_text=True).partition('href="/language/en')[2].partition('"')[0]
    visitor.go("/language/en" + link.replace("&amp;", "&"))
    assert visitor.path == "/sign-up?next=/account/sessions"
    assert visitor.page.language == "en"
    visitor.go("/")
    assert visitor.page.language == "en"
    visitor.go("/language/zh-Hans")
    assert visitor.page.language == "zh-Hans"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "",
        "x",
        "/" + "x" * 1000,
        "/%00\x00",
    ],
)
def test_the_way_back_never_leads_elsewhere(visitor: Visitor, elsewhere: str) -> None:
    visitor.open("/language/en", query_string={"next": elsewhere})
    assert visitor.response.status_code == 303
    assert visitor.location == "/"
    assert "a=b" not in str(visitor.response.headers)


@pytest.mark.parametrize("code", ["fr", "EN", "zh", "%00", "..", "x" * 5000])
def test_other_languages_are_not_found(visitor: Visitor, code: str) -> None:
    assert visitor.open(f"/language/{code}").status_code == 404
    assert visitor.page.error == "not_found"
