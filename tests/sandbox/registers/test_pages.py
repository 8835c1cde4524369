"""The registers' pages and switches."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from idp.errors import Forbidden
from idp.sandbox.registers import app as registers
from idp.sandbox.registers.folder import Folder
from idp.sandbox.registers.running import Running
from idp.settings import Settings
from tests.sandbox.registers.questions import COMPANY, PEOPLE

LINA = PEOPLE["lina"]
PAGES = ("/", "/people", "/enterprises", f"/people/{LINA.number}", f"/enterprises/{COMPANY.uscc}", "/faults")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_what_it_is_in_both_languages(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "沙箱 SANDBOX" in text
    assert "This is no government system" in text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_lina_needs_for_her_proofing_is_on_the_first_page(client: FlaskClient) -> None:
    text = client.get("/").get_data(as_text=True)
    for fact in (LINA.number, LINA.phone, LINA.bank_card, COMPANY.uscc, "刘一诺"):
        assert fact in text


def test_people_are_found_and_paged(client: FlaskClient) -> None:
    found = client.get("/people", query_string={"q": "阿依努尔"}).get_data(as_text=True)
    assert "阿依努尔·买买提" in found
    assert LINA.number not in found
    first = client.get("/people").get_data(as_text=True)
    assert 'id="next"' in first
    last = client.get("/people?after=270").get_data(as_text=True)
    assert "JOHN ROBERT SMITH" in last
    assert 'id="next"' not in last
    for after in ("-1", "x", "99999999999", "99999"):
        assert client.get("/people", query_string={"after": after}).status_code == 200


def test_somebody_unknown(client: FlaskClient) -> None:
    for path in ("/people/x", "/enterprises/x", "/people/x/portrait.png", "/nothing"):
        assert client.get(path).status_code == 404
    assert client.post(f"/people/{LINA.number}/show", data={"what": "x"}).status_code == 400
    assert client.post(f"/people/{LINA.number}/switch", data={"change": "dissolved"}).status_code == 404


def test_a_switch_is_told_and_shown(client: FlaskClient, running: Running) -> None:
    answer = client.post(f"/people/{LINA.number}/switch", data={"change": "card_lost"})
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "身份证挂失" in page
    (notice,) = running.notices.sent()
    assert (notice.change.subject, notice.change.change) == (LINA.number, "card_lost")
    client.post("/faults", data={"silent": "on"})
    client.post(f"/enterprises/{COMPANY.uscc}/switch", data={"change": "dissolved"})
    assert len(running.notices.sent()) == 1
    assert "已注销" in client.get(f"/enterprises/{COMPANY.uscc}").get_data(as_text=True)


def test_what_is_shown_can_be_copied(client: FlaskClient, running: Running) -> None:
    presentations = running.registry.presentations
    for what, kind in (("network-id", "network-id-presentation+jwt"), ("reading", "chip-reading+jwt")):
        page = client.post(f"/people/{LINA.number}/show", data={"what": what}).get_data(as_text=True)
        token = page.partition('spellcheck="false">')[2].partition("</textarea>")[0]
        assert presentations.find(token, kind) is not None
    page = client.post(f"/enterprises/{COMPANY.uscc}/show").get_data(as_text=True)
    token = page.partition('spellcheck="false">')[2].partition("</textarea>")[0]
    licence = presentations.find(token, "business-licence+jwt")
    assert licence is not None
    assert licence["uscc"] == COMPANY.uscc


def test_faults_are_switched_and_said_on_every_page(client: FlaskClient, running: Running) -> None:
    client.post("/faults", data={"bank": "down", "all": "", "operator": "nonsense"})
    assert running.faults.all() == {"bank": "down"}
    assert "bank = down" in client.get("/").get_data(as_text=True)
    client.post("/faults", data={"clear": "yes"})
    assert running.faults.all() == {}


def test_state_for_programs(client: FlaskClient, running: Running) -> None:
    assert len(client.get("/state/people").get_json()) > 200
    assert len(client.get("/state/enterprises").get_json()) == 50
    assert client.get(f"/state/{LINA.number}").get_json()["phone"] == LINA.phone
    assert client.get("/state/x").status_code == 404
    switched = client.post(f"/state/{LINA.number}/switch", json={"change": "deceased"})
    assert switched.get_json() == {"source": "population", "change": "deceased", "notice": True}
    assert client.post(f"/state/{LINA.number}/switch", json={"change": "x"}).status_code == 404
    assert client.post(f"/state/{LINA.number}/switch", data=b"[").status_code == 404
    answer = client.post("/state/faults", json={"source": "face", "kind": "slow", "silent": True})
    assert answer.get_json() == {"faults": {"face": "slow"}, "silent": True}
    assert client.post("/state/faults", json={"source": "face", "kind": "x"}).status_code == 400
    for path in ("network-id", "reading", "licence"):
        assert client.post(f"/state/nobody/{path}").status_code == 404


def test_other_names_and_other_sites_are_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    path = f"/people/{LINA.number}/switch"
    for origin, status in (("http://evil.example", 403), ("null", 403), ("http://localhost", 303)):
        answer = client.post(path, data={"change": "card_lost"}, headers={"Origin": origin})
        assert answer.status_code == status, origin


def test_outside_the_sandbox_there_are_no_registers(prepared: Folder, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        registers.create_app(Settings(sandbox=True).model_copy(update={"sandbox": False}), prepared)
