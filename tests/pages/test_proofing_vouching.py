"""Answering for somebody: by the number they gave, seen before it is answered."""

from collections.abc import Callable

from tests.pages.test_proofing import plant
from tests.person import Person, Visitor
from tests.proofing.conftest import submit
from tests.provider import Provider

Enter = Callable[[Person], Visitor]
VOUCHING = "/account/proofing/vouching"


def text(visitor: Visitor) -> str:
    return visitor.response.get_data(as_text=True)


def test_the_voucher_sees_the_name_and_answers(proving_pages: Provider, enter: Enter) -> None:
    person, voucher = proving_pages.person(), proving_pages.person()
    plant(proving_pages, voucher, "register")
    with proving_pages.context():
        case = submit(person, "vouch", name="李娜")
    visitor = enter(voucher)
    visitor.go(VOUCHING)
    visitor.send("vouch-find", values={"number": case.printed_number})
    assert "李娜" in text(visitor)
    visitor.send("vouch-yes")
    assert "You answered for this person" in text(visitor)
    mine = enter(person)
    mine.go(f"/account/proofing/cases/{case.id}")
    assert 'data-state="approved"' in text(mine)


def test_an_unknown_number_and_ones_own_are_refused(proving_pages: Provider, enter: Enter) -> None:
    voucher = proving_pages.person()
    plant(proving_pages, voucher, "register")
    with proving_pages.context():
        case = submit(voucher, "vouch", name="李娜")
    visitor = enter(voucher)
    visitor.go(VOUCHING)
    visitor.send("vouch-find", values={"number": "2222-2222-2222"})
    assert visitor.response.status_code == 400
    visitor.send("vouch-find", values={"number": case.number})
    visitor.send("vouch-yes")
    assert visitor.response.status_code == 403
    assert "Nobody answers for themselves" in text(visitor)


def test_who_is_not_proven_cannot_answer_for_others(proving_pages: Provider, enter: Enter) -> None:
    visitor = enter(proving_pages.person())
    visitor.go(VOUCHING)
    assert 'name="number"' not in text(visitor)
