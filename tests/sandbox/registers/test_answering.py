"""Questions and signed answers over HTTP: keys, repetition, faults."""

import base64
import hashlib
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import KeySet

from idp.keys import compact_jwt
from idp.keys.compact_jwt import NotVerified
from idp.sandbox.registers import faults, switches
from idp.sandbox.registers.answering import SOURCES
from idp.sandbox.registers.folder import Folder
from idp.sandbox.registers.running import Running
from tests.sandbox.registers.questions import PEOPLE

LINA = PEOPLE["lina"]
QUESTION = {"id_type": "citizen_id", "number": LINA.number, "name": LINA.name}
KEY = {"Idempotency-Key": "one"}


def public_keys(prepared: Folder) -> KeySet:
    file = prepared.path.parent / "jwks.json"
    return KeySet.import_key_set(json.loads(file.read_text(encoding="utf-8")))


def test_an_answer_is_signed_for_this_question(client: FlaskClient, prepared: Folder) -> None:
    body = json.dumps(QUESTION).encode()
    answer = client.post("/v1/population", data=body, headers=KEY)
    assert answer.mimetype == "application/jose"
    token = answer.get_data(as_text=True)
    claims = compact_jwt.verify(token, public_keys(prepared), ["ES256"])
    digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
    assert (claims["request_digest"], claims["request_key"]) == (digest, "one")
    assert 0 < claims["exp"] - claims["iat"] <= 300
    assert compact_jwt.unverified_header(token)["typ"] == "register-answer+jwt"


def test_the_same_key_gets_the_same_answer(client: FlaskClient, running: Running) -> None:
    first = client.post("/v1/population", json=QUESTION, headers=KEY)
    switches.switch(running.registry, LINA.number, "deceased")
    second = client.post("/v1/population", json=QUESTION, headers=KEY)
    details = [
        compact_jwt.unverified_claims(one.get_data(as_text=True))["details"] for one in (first, second)
    ]
    assert details[0] == details[1] == {"status": "alive", "card": "valid", "residence": "330106"}
    other = client.post("/v1/population", json=QUESTION | {"name": "别人"}, headers=KEY)
    assert (other.status_code, other.get_json()["title"]) == (409, "idempotency_key_reused")
    assert client.post("/v1/operator", json=QUESTION | {"phone": LINA.phone}, headers=KEY).status_code == 200


def test_two_that_come_together_use_a_presentation_once(service: Flask, running: Running) -> None:
    citizen = running.registry.find_citizen(LINA.number)
    assert citizen is not None
    shown = running.registry.presentations.network_id(citizen)
    barrier = threading.Barrier(4)

    def ask(key: str) -> str:
        barrier.wait(10)
        answer = service.test_client().post(
            "/v1/network-id", json={"presentation": shown}, headers={"Idempotency-Key": key}
        )
        return str(compact_jwt.unverified_claims(answer.get_data(as_text=True))["result"])

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(ask, ["a", "a", "b", "b"]))
    assert sorted(results) == ["match", "match", "refused", "refused"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 5000])
def test_what_is_not_json_is_refused(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/v1/population", data=body, headers=KEY)
    assert (answer.status_code, answer.get_json()["title"]) == (400, "not_json")


def test_a_key_is_needed(client: FlaskClient) -> None:
    for headers in ({}, {"Idempotency-Key": "x" * 101}):
        answer = client.post("/v1/population", json=QUESTION, headers=headers)
        assert (answer.status_code, answer.get_json()["title"]) == (400, "idempotency_key_missing")


def test_an_unknown_source_and_too_much(client: FlaskClient) -> None:
    assert client.post("/v1/weather", json=QUESTION, headers=KEY).status_code == 404
    assert client.post("/v1/face", data=b"x" * 1_000_001, headers=KEY).status_code == 413


def test_down(client: FlaskClient, running: Running) -> None:
    running.faults.set("population", faults.DOWN)
    answer = client.post("/v1/population", json=QUESTION, headers=KEY)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert client.post("/v1/operator", json=QUESTION | {"phone": "1"}, headers=KEY).status_code == 200
    running.faults.set(faults.EVERY, faults.DOWN)
    assert client.post("/v1/operator", json=QUESTION | {"phone": "2"}, headers=KEY).status_code == 503
    running.faults.clear()
    assert client.post("/v1/population", json=QUESTION, headers=KEY).status_code == 200


def test_a_wrong_signature_is_none_of_the_registers_keys(
    client: FlaskClient, running: Running, prepared: Folder
) -> None:
    running.faults.set("population", faults.WRONG_SIGNATURE)
    token = client.post("/v1/population", json=QUESTION, headers=KEY).get_data(as_text=True)
    with pytest.raises(NotVerified):
        compact_jwt.verify(token, public_keys(prepared), ["ES256"])


def test_an_answer_to_something_else(client: FlaskClient, running: Running) -> None:
    well = client.post("/v1/population", json=QUESTION, headers=KEY).get_data(as_text=True)
    running.faults.set("population", faults.WRONG_ANSWER)
    token = client.post("/v1/population", json=QUESTION, headers=KEY).get_data(as_text=True)
    digests = {compact_jwt.unverified_claims(one)["request_digest"] for one in (well, token)}
    assert len(digests) == 2


def test_the_document_has_every_question_and_no_other() -> None:
    text = (Path(__file__).parents[3] / "docs" / "registers.openapi.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"^  /v1/([a-z-]+):$", text, re.MULTILINE)) == set(SOURCES)
    changes = re.search(r"enum: \[(deceased[^]]*)\]", text)
    assert changes is not None
    assert set(changes.group(1).split(", ")) == {*switches.OF_CITIZENS, *switches.OF_ENTERPRISES}
