"""Log lines: structured, traced, without what must stay secret."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from idp import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    written = io.StringIO()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.configure("info", written)
    yield written
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_its_logger_level_and_trace(stream: io.StringIO) -> None:
    with logs.bind_trace("trace-1"):
        logs.get("idp.endpoints.token").info("token issued", client_id="city-fund")
    logs.get("idp.endpoints.token").warning("later 通行")
    first, second = lines(stream)
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "event": "token issued",
        "level": "info",
        "logger_name": "idp.endpoints.token",
        "client_id": "city-fund",
        "trace_id": "trace-1",
    }
    assert "trace_id" not in second
    assert "通行" in stream.getvalue()
    assert logs.trace_id() == ""


@pytest.mark.parametrize(
    "name",
    [
        "password", "code", "access_token", "client_secret", "Authorization", "cookie", "phone", "id_number",
        "client_assertion", "login_hint", "state", "nonce", "code_verifier", "username", "private_key", "to",
    ],
)  # fmt: skip
def test_values_with_secret_names_are_hidden(stream: io.StringIO, name: str) -> None:
    logs.get("x").info("seen", **{name: "s3cret"}, inner={name: ["s3cret"]}, rows=[{name: "s3cret"}])
    assert "s3cret" not in stream.getvalue()
    assert lines(stream)[0][name] == "[hidden]"


def test_secrets_inside_a_sentence_are_hidden(stream: io.StringIO) -> None:
    log = logs.get("x")
    log.info("for +8613800138000 and 13800138000, id 11010519491231002X, eyJhbGciOi.eyJzdWIi.c2ln")
    text = lines(stream)[0]["event"]
    assert text == "for [hidden] and [hidden], id [hidden], [hidden]"


def test_ids_numbers_and_error_codes_stay(stream: io.StringIO) -> None:
    logs.get("x").info(
        "kept",
        account_id="019abc00-0000-7000-8138-001380000000",
        status_code=503,
        error_code="ephemeral_unavailable",
        nothing_secret=None,
        token=None,
    )
    line = lines(stream)[0]
    assert line["account_id"] == "019abc00-0000-7000-8138-001380000000"
    assert (line["status_code"], line["error_code"], line["token"]) == (503, "ephemeral_unavailable", None)


def test_an_exception_is_one_line_without_secrets(stream: io.StringIO) -> None:
    try:
        int("+8613800138000 people")
    except ValueError:
        logs.get("x").exception("failed")
    (line,) = lines(stream)
    assert "ValueError" in line["exception"]
    assert "13800138000" not in stream.getvalue()


def test_libraries_write_the_same_lines_from_warning_on(stream: io.StringIO) -> None:
    logging.getLogger("httpx").info("GET http://x/?code=1")
    logging.getLogger("sqlalchemy.pool").warning("gone %s", "away")
    (line,) = lines(stream)
    assert (line["logger_name"], line["level"], line["event"]) == ("sqlalchemy.pool", "warning", "gone away")


def test_a_library_that_formats_wrongly_breaks_nothing(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    logging.getLogger("library").warning("%d", "no number")
    assert stream.getvalue() == ""


def test_configuring_again_does_not_double_the_lines(stream: io.StringIO) -> None:
    logs.configure("error", stream)
    logging.getLogger("library").error("once")
    logs.get("x").warning("too quiet")
    assert [line["event"] for line in lines(stream)] == ["once"]


def test_a_person_at_a_terminal_reads_words(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "isatty", lambda: True)
    logs.configure("info", stream)
    logs.get("x").info("begun", port=8000, token="s3cret")
    assert "begun" in stream.getvalue()
    assert "{" not in stream.getvalue()
    assert "s3cret" not in stream.getvalue()
