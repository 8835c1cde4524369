"""One case: only its owner sees it; its number, its QR code, its end."""

from collections.abc import Callable

from idp.db import commit
from idp.proofing import case as cases
from idp.proofing.case_row import ProofingCase
from idp.uuid7 import uuid7
from tests.person import Person, Visitor
from tests.proofing.conftest import number, submit
from tests.provider import Provider

Enter = Callable[[Person], Visitor]


def prepared(provider: Provider, person: Person) -> ProofingCase:
    with provider.context():
        return submit(person, "counter", name="李娜", number=number(1), division="330106")


def test_a_case_shows_its_number_and_place_and_masks_the_rest(proving_pages: Provider, enter: Enter) -> None:
    person = proving_pages.person()
    case = prepared(proving_pages, person)
    visitor = enter(person)
    visitor.go(f"/account/proofing/cases/{case.id}")
    page = visitor.response.get_data(as_text=True)
    assert case.printed_number in page
    assert "西湖区" in page
    assert number(1) not in page
    picture = visitor.open(f"/account/proofing/cases/{case.id}/qr.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"


def test_somebody_elses_case_is_not_found(proving_pages: Provider, enter: Enter) -> None:
    case = prepared(proving_pages, proving_pages.person())
    visitor = enter(proving_pages.person())
    for case_id in (case.id, uuid7()):
        for rest in ("", "/qr.svg", "/retry"):
            assert visitor.open(f"/account/proofing/cases/{case_id}{rest}").status_code == 404
    assert visitor.open("/account/proofing/cases/nonsense").status_code == 404


def test_a_case_can_be_cancelled_and_stays_in_the_history(proving_pages: Provider, enter: Enter) -> None:
    person = proving_pages.person()
    case = prepared(proving_pages, person)
    visitor = enter(person)
    visitor.go(f"/account/proofing/cases/{case.id}")
    visitor.send("proofing-cancel")
    assert visitor.is_at("/account/proofing")
    page = visitor.response.get_data(as_text=True)
    assert "The case is cancelled" in page
    assert "Cancelled by you" in page
    with proving_pages.context():
        assert cases.find_open(person.id, "counter") is None


def test_what_an_official_wrote_down_is_shown(proving_pages: Provider, enter: Enter) -> None:
    person = proving_pages.person()
    case_id = prepared(proving_pages, person).id
    with proving_pages.context():
        case = cases.get_own(case_id, person.id)
        cases.decide(case, uuid7(), approve=False, reason="照片磨损，请换领新证")
        commit()
    visitor = enter(person)
    visitor.go(f"/account/proofing/cases/{case_id}")
    assert "照片磨损，请换领新证" in visitor.response.get_data(as_text=True)


def test_who_has_two_accounts_is_led_to_bring_them_together(proving_pages: Provider, enter: Enter) -> None:
    first, second = proving_pages.person(), proving_pages.person()
    with proving_pages.context():
        submit(first, "register", name="李娜", number=number(1))
        case = submit(second, "register", name="李娜", number=number(1))
    visitor = enter(second)
    visitor.go(f"/account/proofing/cases/{case.id}")
    page = visitor.response.get_data(as_text=True)
    assert 'data-reason="identity_taken"' in page
    link = next(part for part in page.split('href="') if "Bring both accounts together" in part)
    assert visitor.open(link.split('"')[0]).status_code in {200, 303}
