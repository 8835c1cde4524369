import pytest

from clients.gateway import cas_service
from clients.gateway.cas_service import CasService

APP = CasService(name="a", url="https://school.example.gov.cn/app/")
DEEP = CasService(name="b", url="https://school.example.gov.cn/app/teachers/", level=3)
ONE = CasService(name="c", url="https://library.example.gov.cn/cas")
LOCAL = CasService(name="d", url="http://localhost:8040/")
SERVICES = (APP, DEEP, ONE, LOCAL)


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("https://school.example.gov.cn/app/", APP),
        ("https://school.example.gov.cn/app/enrol?course=1&x=%2F", APP),
        ("https://SCHOOL.example.gov.cn/app/enrol", APP),
        ("https://school.example.gov.cn/app/teachers/1", DEEP),
        ("https://library.example.gov.cn/cas", ONE),
        ("https://library.example.gov.cn/cas?next=/", ONE),
        ("http://localhost:8040/x", LOCAL),
    ],
)
def test_an_address_belongs_to_the_nearest_listed_service(url: str, service: CasService) -> None:
    assert cas_service.find_service(SERVICES, url) is service


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://school.example.gov.cn/",
        "https://school.example.gov.cn/app",
        "https://school.example.gov.cn/apple/",
        "https://school.example.gov.cn.evil.example/app/",
        "https://evil.example/https://school.example.gov.cn/app/",
        "https://school.example.gov.cn@evil.example/app/",
        "https://school.example.gov.cn:8443/app/",
        "http://school.example.gov.cn/app/",
        "https://school.example.gov.cn/app/../admin",
        "https://school.example.gov.cn/app/%2e%2e/admin",
        "https://school.example.gov.cn/app/\\..\\admin",
        "https://school.example.gov.cn/app/..%2fadmin",
        "https://school.example.gov.cn/app/x%2F..%2f..%2fadmin",
        "https://school.example.gov.cn/app/..%5cadmin",
        "https://school.example.gov.cn/app/..;a=b/admin",
        "https://school.example.gov.cn/app/%252e%252e/admin",
        "https://school.example.gov.cn/app/%00",
        "https://school.example.gov.cn/app/#fragment",
        "https://library.example.gov.cn/cas/",
        "https://library.example.gov.cn/cas2",
        "javascript:alert(1)//https://school.example.gov.cn/app/",
        "//school.example.gov.cn/app/",
        "https://school.example.gov.cn/app/\n",
        "https://school.example.gov.cn/app/" + "a" * 3_000,
    ],
)
def test_an_address_that_is_not_listed_is_nobodys(url: str) -> None:
    assert cas_service.find_service(SERVICES, url) is None


@pytest.mark.parametrize(
    "path", ["Teachers/1", "%74eachers/1", "teachers;a=b/1", "teachers%3Ba/1", "/teachers/1", "teachers"]
)
def test_an_address_that_the_server_may_take_for_another_service_is_nobodys(path: str) -> None:
    """Else a ticket of the lower level would open what asks for the higher one."""
    assert cas_service.find_service(SERVICES, f"https://school.example.gov.cn/app/{path}") is None
    assert cas_service.find_service((APP,), f"https://school.example.gov.cn/app/{path}") is APP


def test_the_ticket_is_added_and_the_rest_left_as_it_came() -> None:
    assert cas_service.with_ticket("https://a.example/x", "ST-1") == "https://a.example/x?ticket=ST-1"
    assert (
        cas_service.with_ticket("https://a.example/x?b=%20+", "ST-1")
        == "https://a.example/x?b=%20+&ticket=ST-1"
    )
