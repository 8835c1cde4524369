import threading
from urllib.parse import urlsplit

import pytest

from idp.accounts import account as accounts
from idp.db import commit
from tests.accounts.gateway import Gateway
from tests.pages import newcomer
from tests.person import PASSWORD, Visitor
from tests.provider import Provider


def proven(phones: Provider, gateway: Gateway, phone: str = "") -> Visitor:
    """Somebody whose number is proven, at the last step."""
    visitor = newcomer.visitor_of(phones)
    visitor.go("/sign-up")
    newcomer.prove(visitor, gateway, phone or newcomer.phone())
    return visitor


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "王" * 101}, {"name"}),
        ({"name": "张\u202e伟"}, {"name"}),
        ({"name": "张\x00伟"}, {"name"}),
        ({"name": "😀"}, {"name"}),
        ({"username": "x"}, {"username"}),
        ({"username": "李娜"}, {"username"}),
        ({"username": "13800138000"}, {"username"}),
        ({"password": "short"}, {"password"}),
        ({"password": "password12345"}, {"password"}),
        ({"password": "my-USERNAME-pass"}, {"password"}),
        ({"password": "x y" * 1000}, {"password"}),
        ({"name": "", "username": "", "password": ""}, {"name", "username", "password"}),
    ],
)
def test_everything_wrong_is_said_at_once_at_its_field(
    phones: Provider, gateway: Gateway, wrong: dict[str, str], fields: set[str]
) -> None:
    visitor = proven(phones, gateway)
    good = newcomer.form()
    wrong = {name: value.replace("USERNAME", good["username"]) for name, value in wrong.items()}
    visitor.send("sign-up-submit", values=good | wrong)
    assert visitor.response.status_code == 400
    body = visitor.response.get_data(as_text=True)
    for field in good:
        assert (f'id="{field}-error"' in body) == (field in fields)
    assert PASSWORD not in body
    visitor.send("sign-up-submit", values=good)
    assert visitor.is_at("/account")


def test_a_name_that_is_taken_is_said(phones: Provider, gateway: Gateway) -> None:
    taken = phones.person()
    visitor = proven(phones, gateway)
    visitor.send("sign-up-submit", values=newcomer.form() | {"username": taken.username.upper()})
    assert visitor.response.status_code == 400
    assert "taken" in "".join(visitor.page.texts)
    assert dict(visitor.page.forms[0].values)["name"] == "李娜"


def test_trying_out_names_has_an_end(phones: Provider, gateway: Gateway) -> None:
    taken = phones.person()
    visitor = proven(phones, gateway)
    statuses = []
    for _ in range(22):
        visitor.send("sign-up-submit", values=newcomer.form() | {"username": taken.username})
        statuses.append(visitor.response.status_code)
    assert statuses == [400] * 20 + [429] * 2


def test_who_got_an_account_meanwhile_is_led_to_log_in(phones: Provider, gateway: Gateway) -> None:
    phone = newcomer.phone()
    visitor = proven(phones, gateway, phone)
    with phones.context():
        accounts.create(accounts.Person(newcomer.username(), "李娜", phone=phone))
        commit()
    visitor.send("sign-up-submit", values=newcomer.form())
    assert visitor.is_at("/login")


def test_the_form_works_once(phones: Provider, gateway: Gateway) -> None:
    visitor = proven(phones, gateway)
    address = visitor.path
    visitor.send("sign-up-submit", values=newcomer.form())
    assert visitor.is_at("/account")
    visitor.open(address)
    assert visitor.response.status_code == 410


def test_of_many_who_claim_one_name_at_once_one_gets_it(phones: Provider, gateway: Gateway) -> None:
    visitors = [proven(phones, gateway) for _ in range(8)]
    form = newcomer.form()
    start = threading.Barrier(len(visitors))

    def claim(visitor: Visitor) -> None:
        start.wait(timeout=30)
        visitor.send("sign-up-submit", values=form, follow=False)

    threads = [threading.Thread(target=claim, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    statuses = sorted(visitor.response.status_code for visitor in visitors)
    assert statuses == [303] + [400] * 7
    (winner,) = (visitor for visitor in visitors if visitor.response.status_code == 303)
    assert urlsplit(winner.location).path.startswith("/authorize/")
