import pytest

from clients.sites import refusals


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (400, "请求无法处理"),
        (403, "请求无法处理"),
        (404, "没有这个页面"),
        (500, "网站出了问题"),
        (503, "网站出了问题"),
    ],
)
def test_every_status_has_a_sentence(status: int, title: str) -> None:
    said = refusals.describe(status)
    assert (said.status, said.code, said.zh[0]) == (status, f"http_{status}", title)
