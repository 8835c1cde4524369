"""What an admitted site serves is found before its first login; what it says is taken with care."""

import pytest
from flask import Flask

from idp.relying_parties import served_item, served_item_admission

SITE = "https://fund.example.cn"


def admit(**said: object) -> None:
    served_item_admission.admit(SITE, said, division_code="330100", item_codes=["fund-query"])


def test_its_names_and_where_its_login_begins(app: Flask) -> None:
    names = {"client_name": "公积金", "client_name#en": "Fund", "organization_name#en": "Fund Centre"}
    admit(initiate_login_uri=f"{SITE}/login", client_uri=f"{SITE}/", **names)
    found = served_item.find("fund-query", "330106")
    assert found is not None
    assert (found.client_id, found.address, found.starts_login) == (SITE, f"{SITE}/login", True)
    assert (found.name("en"), found.name("zh_Hans")) == ("Fund", "公积金")
    assert found.organization("en") == "Fund Centre"


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "http://fund.example.cn/login", "//evil.example", "/login", "", 7, None),
        *(
            "https://user@evil.example/",
            ["https://a.example"],
            "https://a.example/#x",
            "https://a.example/\n",
        ),
    ],
)
def test_nobody_is_sent_to_what_is_no_address(app: Flask, address: object) -> None:
    admit(initiate_login_uri=address)
    assert served_item.find("fund-query", "330100") is None


def test_names_that_are_none_count_as_not_said(app: Flask) -> None:
    strange = {
        "client_name": "a\0b",
        "client_name#en": 7,
        "client_name#<b>": "x",
        "client_name#fr": "F" * 999,
    }
    admit(initiate_login_uri=f"{SITE}/login", **strange)
    found = served_item.find("fund-query", "330100")
    assert found is not None
    assert found.client_name == {"": "F" * 200, "fr": "F" * 200}
