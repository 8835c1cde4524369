from collections.abc import Callable

import flask
import pytest

from tests.clients.visitor import Visitor


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("", "zh-CN"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("fr", "zh-CN"),
        ("@", "zh-CN"),
    ],
)
def test_the_browser_decides_at_first(
    make_site: Callable[..., flask.Flask], accepted: str, lang: str
) -> None:
    page = Visitor(make_site()).get("/", headers={"Accept-Language": accepted})
    assert f'<html lang="{lang}">' in page.text
    assert "Accept-Language" in page.headers["Vary"]


def test_a_choice_is_remembered_until_the_next(make_site: Callable[..., flask.Flask]) -> None:
    visitor = Visitor(make_site())
    assert "Social insurance records" in visitor.get("/?lang=en").text
    assert "Social insurance records" in visitor.get("/").text
    assert "社会保险参保记录" in visitor.get("/?lang=zh").text
    assert "社会保险参保记录" in visitor.get("/", headers={"Accept-Language": "en"}).text


def test_an_unknown_choice_changes_nothing(make_site: Callable[..., flask.Flask]) -> None:
    page = Visitor(make_site()).get("/?lang=fr")
    assert '<html lang="zh-CN">' in page.text
    assert "Set-Cookie" not in page.headers
