"""The machine door beyond what single endpoints show: surprises, dependencies, odd requests."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.test import Client, TestResponse

from idp import machine
from idp.errors import Forbidden, InvalidInput, NotFound, TooMany, Unavailable
from idp.machine import Answer, Call, MachineDoor, Routes
from idp.settings import Settings
from tests.provider import ISSUER


def client(handler: machine.Handler) -> Client:
    """A door with one handler behind /x."""

    def pages(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"a page"]

    routes: Routes = {"/x": {"GET": handler, "POST": handler}}
    return Client(MachineDoor(Flask("door"), pages, Settings(sandbox=True, issuer=ISSUER), routes))


def ask(error: Exception, method: str = "GET") -> tuple[TestResponse, dict[str, Any]]:
    def handler(call: Call) -> Answer:
        raise error

    response = client(handler).open("/x", base_url=ISSUER, method=method)
    return response, json.loads(response.data)


@pytest.mark.parametrize(
    ("error", "status", "code", "retry"),
    [
        (InvalidInput("x", detail='it is "wrong" \\ 错'), 400, "invalid_request", None),
        (Forbidden("secret_code"), 403, "access_denied", None),
        (TooMany("too_many_requests", retry_after=7), 429, "temporarily_unavailable", "7"),
        (Unavailable("ephemeral_unavailable", retry_after=2), 503, "temporarily_unavailable", "2"),
        (OperationalError("SELECT secret", {}, Exception("secret")), 503, "temporarily_unavailable", "5"),
        (InterfaceError("SELECT secret", {}, Exception("secret")), 503, "temporarily_unavailable", "5"),
        # The database is there: to come again helps nobody.
        (IntegrityError("INSERT secret", {}, Exception("secret")), 500, "server_error", None),
        (PoolTimeoutError("secret"), 503, "temporarily_unavailable", "5"),
        (ZeroDivisionError("secret"), 500, "server_error", None),
    ],
)
def test_every_error_leaves_as_oauth_json(
    error: Exception, status: int, code: str, retry: str | None
) -> None:
    """RFC 6749 §5.2: printable ASCII, no quotes, nothing of the inside."""
    response, body = ask(error)
    assert (response.status_code, body["error"]) == (status, code)
    assert response.headers.get("Retry-After") == retry
    assert body["trace_id"] == response.headers["X-Trace-Id"]
    assert body["error_description"].isascii()
    assert not set(body["error_description"]) & set('"\\')
    assert "secret" not in body["error_description"] or code == "access_denied"
    assert response.headers["Cache-Control"] == "no-store"


def test_everything_else_is_a_page() -> None:
    made = client(lambda call: machine.answer({}))
    for path in ("/", "/x/", "/X", "/x/y"):
        assert made.get(path, base_url=ISSUER).data == b"a page"


def test_a_call_is_read_once_and_knows_its_caller() -> None:
    def handler(call: Call) -> Answer:
        assert call.form is call.form
        return machine.answer(
            {"form": call.form, "address": call.address, "method": call.method} | dict(call.headers)
        )

    response = client(handler).post(
        "/x",
        base_url=ISSUER,
        data={"a": "中", "b": ""},
        headers={"Authorization": "Bearer x"},
        environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert json.loads(response.data) == {
        "form": {"a": "中"},
        "address": "203.0.113.9",
        "method": "POST",
        "Authorization": "Bearer x",
    }


def test_a_route_can_stand_for_every_resource_of_a_collection() -> None:
    def pages(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"a page"]

    def one(call: Call) -> Answer:
        return machine.answer({"resource": call.resource})

    routes: Routes = {f"/things{machine.ONE}": {"GET": one}}
    asking = Client(MachineDoor(Flask("door"), pages, Settings(sandbox=True, issuer=ISSUER), routes))
    assert asking.get("/things/a-b", base_url=ISSUER).json == {"resource": "a-b"}
    assert asking.get("/things/", base_url=ISSUER).json == {"resource": ""}
    for elsewhere in ("/things", "/things/a/b", "/", "", "/other/a"):
        assert asking.get(elsewhere, base_url=ISSUER).data == b"a page"


def test_an_entity_is_addressed_by_host_and_path_together() -> None:
    def handler(call: Call) -> Answer:
        return machine.answer({"entity": call.entity_id, "lists": call.query_lists})

    def pages(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"a page"]

    routes: Routes = {f"{machine.ENTITY}/federation/list": {"GET": handler}, "/x/<id>": {"GET": handler}}
    door = Client(MachineDoor(Flask("door"), pages, Settings(sandbox=True, issuer=ISSUER), routes))

    def asked(host: str, path: str) -> Any:
        return json.loads(door.get(path, base_url=host).data)

    assert asked(ISSUER, "/federation/list")["entity"] == ISSUER
    assert asked(ISSUER, "/authorities/330106/federation/list")["entity"] == f"{ISSUER}/authorities/330106"
    assert asked("http://GOV.example:81", "/a/federation/list")["entity"] == "http://gov.example:81/a"
    several = asked("http://gov.example", "/federation/list?t=a&t=b&empty=&u=c")
    assert several["lists"] == {"t": ["a", "b"], "u": ["c"]}
    for path in ("/federation", "/list", "/federation/list/", "/federation/lists", "/x/federation/other"):
        assert door.get(path, base_url=ISSUER).data == b"a page"
    # A host name of an entity leads to nothing else of ours.
    assert door.get("/x/1", base_url="http://gov.example").status_code == 400


def test_what_is_not_hosted_is_not_found_by_its_own_name() -> None:
    def handler(call: Call) -> Answer:
        raise NotFound("entity_unknown")

    routes: Routes = {f"{machine.ENTITY}/federation/list": {"GET": handler}}
    door = Client(MachineDoor(Flask("door"), lambda *_: [], Settings(sandbox=True, issuer=ISSUER), routes))
    answer = door.get("/a/federation/list", base_url=ISSUER)
    assert (answer.status_code, json.loads(answer.data)["error"]) == (404, "not_found")
