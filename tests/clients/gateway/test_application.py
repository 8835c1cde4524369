import pytest

from tests.clients.gateway.conftest import MakeGateway
from tests.clients.visitor import Visitor


def test_it_answers_to_the_name_of_the_site_only(make_gateway: MakeGateway) -> None:
    visitor = Visitor(make_gateway())
    assert visitor.get("/healthz").get_json() == {"status": "ok"}
    assert visitor.get("/healthz", base_url="http://evil.example").status_code == 400


@pytest.mark.parametrize("path", ["/", "/nothing", "/cas/login", "/callback?state=x"])
def test_pages_load_nothing_from_elsewhere_and_run_no_scripts(make_gateway: MakeGateway, path: str) -> None:
    page = Visitor(make_gateway()).get(path)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script" not in page.text


def test_what_is_not_there_is_said_in_both_languages(make_gateway: MakeGateway) -> None:
    page = Visitor(make_gateway()).get("/nothing")
    assert page.status_code == 404
    assert "没有这个页面" in page.text
    assert "No such page" in page.text


def test_a_body_that_is_too_large_is_refused(make_gateway: MakeGateway) -> None:
    client = make_gateway().test_client()
    assert client.post("/backchannel_logout", data={"logout_token": "x" * 100_000}).status_code in {400, 413}
