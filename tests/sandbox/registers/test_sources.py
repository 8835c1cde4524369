"""What each register says of the people that are always there."""

import base64
from typing import Any

import pytest
from flask.testing import FlaskClient

from idp.proofing import register_digest
from idp.sandbox import cast
from idp.sandbox.registers import portrait, sources, switches
from idp.sandbox.registers.running import Running
from tests.sandbox.registers.questions import COMPANY, PEOPLE, ask

LINA, ZHANGWEI, WANGFANG = PEOPLE["lina"], PEOPLE["zhangwei"], PEOPLE["wangfang"]


def test_population(client: FlaskClient, running: Running) -> None:
    def answer(**changes: str) -> tuple[str, dict[str, Any]]:
        question = {"id_type": "citizen_id", "number": LINA.number, "name": LINA.name} | changes
        return ask(client, running, "population", **question)

    assert answer() == ("match", {"status": "alive", "card": "valid", "residence": LINA.number[:6]})
    assert answer(name="李 娜") == (
        "match",
        {"status": "alive", "card": "valid", "residence": LINA.number[:6]},
    )
    assert answer(name="李那") == ("mismatch", {})
    assert answer(number="11010519491231002X") == ("not_found", {})
    assert answer(id_type="passport") == ("not_found", {})
    switches.switch(running.registry, LINA.number, "card_lost")
    assert answer() == ("match", {"status": "alive", "card": "lost", "residence": LINA.number[:6]})
    switches.switch(running.registry, LINA.number, "name_changed")
    assert answer() == ("mismatch", {"name_changed": True})
    switches.switch(running.registry, LINA.number, "restored")
    switches.switch(running.registry, LINA.number, "deceased")
    assert answer() == ("match", {"status": "deceased", "card": "valid", "residence": LINA.number[:6]})


def test_operator_and_bank(client: FlaskClient, running: Running) -> None:
    own = {"name": LINA.name, "number": LINA.number, "phone": LINA.phone}
    assert ask(client, running, "operator", **own)[0] == "match"
    assert ask(client, running, "operator", **own | {"phone": f"+86{LINA.phone}"})[0] == "match"
    assert ask(client, running, "operator", **own | {"phone": ZHANGWEI.phone})[0] == "mismatch"
    assert ask(client, running, "operator", **own | {"phone": "13800138000"})[0] == "not_found"
    card = own | {"card_number": LINA.bank_card}
    assert ask(client, running, "bank", **card)[0] == "match"
    assert ask(client, running, "bank", **card | {"card_number": ZHANGWEI.bank_card})[0] == "mismatch"
    assert ask(client, running, "bank", **card | {"phone": ZHANGWEI.phone})[0] == "mismatch"
    assert ask(client, running, "bank", **card | {"card_number": "62179900"})[0] == "not_found"


def test_face(client: FlaskClient, running: Running) -> None:
    def answer(image: bytes, **changes: str) -> tuple[str, dict[str, Any]]:
        question = {"number": LINA.number, "name": LINA.name} | changes
        return ask(client, running, "face", **question, image=base64.b64encode(image).decode())

    assert answer(portrait.draw(LINA.number)) == ("match", {"live": True, "score": 0.98})
    assert answer(portrait.draw(ZHANGWEI.number))[0] == "mismatch"
    assert answer(b"\x89PNG\r\n\x1a\nanything") == ("refused", {"live": False, "score": 0.0})
    assert answer(portrait.draw(LINA.number), name="张伟") == ("not_found", {})


def test_a_network_identity_tells_a_pseudonym_and_works_once(client: FlaskClient, running: Running) -> None:
    shown = client.post(f"/state/{LINA.number}/network-id").get_json()["presentation"]
    assert LINA.number not in base64.urlsafe_b64decode(shown.split(".")[1] + "==").decode()
    result, details = ask(client, running, "network-id", presentation=shown)
    assert result == "match"
    assert set(details) == {"pseudonym", "valid_until"}
    assert ask(client, running, "network-id", presentation=shown)[0] == "refused"
    again = client.post(f"/state/{LINA.number}/network-id").get_json()["presentation"]
    assert ask(client, running, "network-id", presentation=again)[1]["pseudonym"] == details["pseudonym"]
    assert ask(client, running, "network-id", presentation=again[:-4] + "AAAA")[0] == "not_found"


def test_a_network_identity_is_compared_with_a_number_that_is_known(
    client: FlaskClient, running: Running
) -> None:
    def show(number: str, name: str) -> tuple[str, dict[str, Any]]:
        shown = client.post(f"/state/{LINA.number}/network-id").get_json()["presentation"]
        result, details = ask(client, running, "network-id", presentation=shown, number=number, name=name)
        return result, dict(details)

    assert show(LINA.number, LINA.name)[1]["holder"] == "match"
    assert show(ZHANGWEI.number, ZHANGWEI.name) == ("mismatch", {"holder": "mismatch"})
    assert show(LINA.number, ZHANGWEI.name) == ("mismatch", {"holder": "mismatch"})


def test_a_chip_that_was_read(client: FlaskClient, running: Running) -> None:
    def read(*, checked: bool = True) -> str:
        body = {"holder_checked": checked}
        reading: str = client.post(f"/state/{LINA.number}/reading", json=body).get_json()["reading"]
        return reading

    shown = read()
    facts = {"name": LINA.name, "number": LINA.number}
    assert ask(client, running, "chip", reading=shown) == ("match", facts | {"holder_checked": True})
    assert ask(client, running, "chip", reading=shown) == ("refused", {"used": True})
    assert ask(client, running, "chip", reading=read(checked=False))[1]["holder_checked"] is False
    network_id = client.post(f"/state/{LINA.number}/network-id").get_json()["presentation"]
    assert ask(client, running, "chip", reading=network_id)[0] == "not_found"
    switches.switch(running.registry, LINA.number, "card_lost")
    assert ask(client, running, "chip", reading=read()) == ("refused", {"status": "alive", "card": "lost"})


def test_enterprise(client: FlaskClient, running: Running) -> None:
    own = {"uscc": COMPANY.uscc, "name": COMPANY.name}
    person = {"representative_name": WANGFANG.name, "representative_number": WANGFANG.number}
    result, details = ask(client, running, "enterprise", **own)
    assert (result, details["status"]) == ("match", "active")
    assert details["representative"] == {
        "name_digest": register_digest.of_name(COMPANY.uscc, WANGFANG.name),
        "identity_digest": register_digest.of_number(COMPANY.uscc, WANGFANG.number),
    }
    assert ask(client, running, "enterprise", **own, **person)[1]["representative"] == "match"
    other = person | {"representative_number": ZHANGWEI.number}
    assert ask(client, running, "enterprise", **own, **other)[1]["representative"] == "mismatch"
    assert ask(client, running, "enterprise", **own | {"name": "别的公司"})[0] == "mismatch"
    assert ask(client, running, "enterprise", **own | {"uscc": "91330106MA2DBAN81N"})[0] == "mismatch"
    switches.switch(running.registry, COMPANY.uscc, "new_representative")
    assert ask(client, running, "enterprise", **own, **person)[1]["representative"] == "mismatch"
    switches.switch(running.registry, COMPANY.uscc, "dissolved")
    assert ask(client, running, "enterprise", **own)[1]["status"] == "dissolved"


def test_kinship(client: FlaskClient, running: Running) -> None:
    child = cast.child(running.folder.year)
    question = {
        "guardian_number": child.guardian.number,
        "child_number": child.number,
        "child_name": child.name,
    }
    expected = {"relation": "father", "child_birthdate": child.birthdate}
    assert ask(client, running, "kinship", **question) == ("match", expected)
    assert ask(client, running, "kinship", **question | {"guardian_number": LINA.number})[0] == "mismatch"
    assert ask(client, running, "kinship", **question | {"child_name": "别人"})[0] == "mismatch"
    assert ask(client, running, "kinship", **question | {"child_number": "x"})[0] == "not_found"


def test_an_electronic_licence(client: FlaskClient, running: Running) -> None:
    def licence() -> str:
        shown: str = client.post(f"/state/{COMPANY.uscc}/licence").get_json()["licence"]
        return shown

    shown = licence()
    result, details = ask(client, running, "licence", licence=shown, uscc=COMPANY.uscc)
    assert (result, details["name"], details["status"]) == ("match", COMPANY.name, "active")
    assert ask(client, running, "licence", licence=shown, uscc=COMPANY.uscc)[0] == "refused"
    assert ask(client, running, "licence", licence=licence(), uscc="91330106MA2DBAN81N")[0] == "mismatch"
    assert ask(client, running, "licence", licence="a.b.c", uscc=COMPANY.uscc)[0] == "not_found"


def test_many_at_once(client: FlaskClient, running: Running) -> None:
    switches.switch(running.registry, LINA.number, "deceased")
    numbers = [LINA.number, ZHANGWEI.number, "11010519491231002X"]
    statuses = ask(client, running, "population-status", numbers=numbers)[1]["statuses"]
    assert [statuses[number]["status"] for number in numbers] == ["deceased", "alive", "unknown"]
    digest = register_digest.of_name(ZHANGWEI.number, ZHANGWEI.name)
    assert statuses[ZHANGWEI.number]["name_digest"] == digest
    codes = [COMPANY.uscc, "91330106MA2DBAN89N"]
    statuses = ask(client, running, "enterprise-status", numbers=codes)[1]["statuses"]
    assert [statuses[code]["status"] for code in codes] == ["active", "unknown"]


@pytest.mark.parametrize("source", [one.NAME for one in sources.ALL])
@pytest.mark.parametrize(
    "question", [{}, {"numbers": []}, {"number": 5, "numbers": [5]}, {"numbers": ["1"] * 501}]
)
def test_what_is_no_question_is_refused(client: FlaskClient, source: str, question: dict[str, Any]) -> None:
    answer = client.post(f"/v1/{source}", json=question, headers={"Idempotency-Key": "bad"})
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["title"] == "bad_question"


@pytest.mark.parametrize("image", ["", "no base64", "AAAA"])
def test_what_is_no_picture_is_refused(client: FlaskClient, image: str) -> None:
    question = {"number": LINA.number, "name": LINA.name, "image": image}
    answer = client.post("/v1/face", json=question, headers={"Idempotency-Key": "face"})
    assert (answer.status_code, answer.get_json()["field"]) == (422, "image")
