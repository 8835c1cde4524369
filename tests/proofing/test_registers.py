"""Asking registers: real HTTP, answers believed only when they are signed, now, for this question."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey

from idp import circuit_breaker, clock
from idp.errors import IdpError, Unavailable, Upstream
from idp.proofing import register_keys, registers
from idp.settings import SETTINGS, Settings
from tests.proofing import register_server
from tests.proofing.register_server import RegisterServer, problem

QUESTION = {"id_type": "citizen_id", "number": "11010519491231002X", "name": "张伟"}
Ask = Callable[..., registers.Answer]


@pytest.fixture
def register(tmp_path: Path) -> Iterator[RegisterServer]:
    made = RegisterServer(tmp_path)
    yield made
    made.close()


@pytest.fixture
def ask(register: RegisterServer, monkeypatch: pytest.MonkeyPatch) -> Ask:
    monkeypatch.setattr(registers, "FIRST_PAUSE", 0.01)
    made: dict[str, Flask] = {}

    def once(source: str = "population", key: str = "key-1", **settings: Any) -> registers.Answer:
        app = made.setdefault(str(settings), make_app(register, **settings))
        with app.app_context():
            return registers.ask(source, QUESTION, key)

    return once


def make_app(register: RegisterServer, **changes: Any) -> Flask:
    app = Flask("registers")
    settings = register.settings(**changes)
    SETTINGS.set(app, Settings.model_validate({"sandbox": True, "registers": settings}))
    registers.CIRCUITS.set(app, circuit_breaker.for_threads("register_unavailable", 12))
    register_keys.KEYS.set(app, register_keys.RegisterKeys(Path(settings["keys_file"])))
    return app


def refusal(ask: Ask, **options: Any) -> IdpError:
    with pytest.raises(IdpError) as caught:
        ask(**options)
    return caught.value


def test_the_question_is_as_documented_and_the_answer_is_believed(register: RegisterServer, ask: Ask) -> None:
    register.respond = lambda question: register.signed(question, "match", {"status": "alive"})
    answer = ask(token="s3cret")
    assert (answer.result, answer.details) == ("match", {"status": "alive"})
    assert abs(answer.answered_at - clock.now()) < timedelta(seconds=10)
    assert (len(answer.digest), answer.jti) == (64, "019ab3c4-5f60-7d21-8a43-2f1e0d9c8b7a")
    (question,) = register.asked
    assert question.source == "population"
    assert json.loads(question.body) == QUESTION
    assert question.key == "key-1"
    assert question.headers["Authorization"] == "Bearer s3cret"
    assert question.headers["Content-Type"] == "application/json"


def test_a_register_that_stumbles_is_asked_again_under_the_same_key(
    register: RegisterServer, ask: Ask
) -> None:
    register.respond = lambda question: (
        problem(503) if len(register.asked) < 3 else register.signed(question, "mismatch")
    )
    assert ask().result == "mismatch"
    assert {question.key for question in register.asked} == {"key-1"}
    assert len(register.asked) == 3


def test_a_register_that_is_down_is_given_up_for_now(register: RegisterServer, ask: Ask) -> None:
    register.respond = lambda _question: problem(500)
    refused = refusal(ask)
    assert isinstance(refused, Unavailable)
    assert (refused.code, refused.retry_after) == ("register_unavailable", 30)
    assert len(register.asked) == 3


def test_who_asks_for_a_long_pause_gets_it(register: RegisterServer, ask: Ask) -> None:
    register.respond = lambda _question: problem(503, **{"Retry-After": "120"})
    refused = refusal(ask)
    assert (refused.code, refused.retry_after, len(register.asked)) == ("register_unavailable", 120, 1)


def test_nobody_listening(ask: Ask) -> None:
    refused = refusal(ask, url="http://127.0.0.1:1/registers")
    assert refused.code == "register_unavailable"


def test_a_slow_register_costs_no_more_than_its_time(register: RegisterServer, ask: Ask) -> None:
    register.respond = register_server.late(2, lambda question: register.signed(question, "match"))
    began = time.monotonic()
    assert refusal(ask, attempts=2, timeout=0.2).code == "register_unavailable"
    assert time.monotonic() - began < 1.5


def test_a_dead_register_is_soon_asked_no_more(register: RegisterServer, ask: Ask) -> None:
    register.respond = lambda _question: problem(503)
    for _ in range(circuit_breaker.FAILURES):
        refusal(ask, attempts=1)
    asked = len(register.asked)
    assert refusal(ask, attempts=1).code == "register_unavailable"
    assert len(register.asked) == asked
    register.respond = lambda question: register.signed(question, "match")
    assert ask("operator", attempts=1).result == "match"


def test_a_refused_question_is_no_fault_of_the_register(register: RegisterServer, ask: Ask) -> None:
    register.respond = lambda _question: problem(422)
    for _ in range(circuit_breaker.FAILURES + 1):
        refused = refusal(ask)
        assert isinstance(refused, Upstream)
        assert refused.code == "register_refused"
    assert len(register.asked) == circuit_breaker.FAILURES + 1


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "operator"},
        {"request_digest": "x"},
        {"request_key": "another"},
        {"result": "perhaps"},
        {"result": None},
        {"result": ["match"]},
        {"jti": "a\u0000b"},
        {"details": []},
        {"jti": ""},
        {"jti": 5},
        {"iat": 0},
        {"iat": True},
        {"exp": "x"},
        {"typ": "JWT"},
        {"typ": "register-notice+jwt"},
    ],
    ids=str,
)
def test_what_is_not_exactly_the_answer_is_none(
    register: RegisterServer, ask: Ask, changes: dict[str, Any]
) -> None:
    changes = dict(changes)
    typ = changes.pop("typ", registers.TYP)
    register.respond = lambda question: register.signed(question, "match", typ=typ, claims=changes)
    refused = refusal(ask)
    assert isinstance(refused, Upstream)
    assert refused.code == "register_statement_invalid"
    assert len(register.asked) == 1, "a liar is not asked again"


@pytest.mark.parametrize(
    "content",
    [b"", b"a.b.c", b"\xff\xfe", b"{}", b"x" * 300_000],
    ids=["nothing", "dots", "bytes", "json", "endless"],
)
def test_what_is_no_statement_is_refused(register: RegisterServer, ask: Ask, content: bytes) -> None:
    register.respond = lambda _question: (200, {"Content-Type": "application/jose"}, content)
    assert refusal(ask).code == "register_statement_invalid"


def test_another_mimetype_is_refused(register: RegisterServer, ask: Ask) -> None:
    register.respond = lambda question: (200, {"Content-Type": "text/html"}, b"<h1>ok</h1>")
    assert refusal(ask).code == "register_statement_invalid"


def test_a_key_that_is_not_the_registers_is_not_believed(register: RegisterServer, ask: Ask) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": "register-1"})
    register.respond = lambda question: register.signed(question, "match", key=stranger)
    assert refusal(ask).code == "register_statement_invalid"


def test_a_register_may_turn_its_key(register: RegisterServer, ask: Ask) -> None:
    assert ask().result == "match"
    register.key = ECKey.generate_key("P-256", {"kid": "register-2"})
    register.write_keys(register.key)
    assert ask().result == "match"


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"keys": []}', '{"keys": [{"kty": "EC"}]}'])
def test_a_useless_key_file_is_our_trouble_not_an_answer(
    register: RegisterServer, ask: Ask, content: str
) -> None:
    register.keys_file.write_text(content, encoding="utf-8")
    assert refusal(ask).code == "register_keys_missing"
    register.keys_file.unlink()
    assert refusal(ask).code == "register_keys_missing"


def test_clocks_may_differ_a_little(register: RegisterServer, ask: Ask) -> None:
    now = clock.timestamp()
    register.respond = lambda question: register.signed(
        question, "match", claims={"iat": now + 50, "exp": now + 100}
    )
    assert ask().result == "match"
    register.respond = lambda question: register.signed(
        question, "match", claims={"iat": now - 150, "exp": now - 50}
    )
    assert ask().result == "match"
    for iat, exp in ((now + 90, now + 120), (now - 300, now - 70), (now, now + 301), (now, now)):
        register.respond = lambda question, iat=iat, exp=exp: register.signed(  # type: ignore[misc]
            question, "match", claims={"iat": iat, "exp": exp}
        )
        assert refusal(ask).code == "register_statement_invalid"


def test_neither_name_nor_number_is_told(
    register: RegisterServer, ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    register.respond = lambda _question: problem(500)
    refused = refusal(ask)
    said = str(refused) + repr(refused.__cause__) + "".join(capsys.readouterr())
    assert QUESTION["number"] not in said
    assert QUESTION["name"] not in said
