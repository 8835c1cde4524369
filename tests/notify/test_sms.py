"""Text messages to a gateway: a real one, slow ones, mad ones, none."""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from string import Formatter
from typing import Any

import pytest
from flask import Flask

from idp.errors import IdpError, Unavailable, Upstream
from idp.notify import sms, sms_texts
from idp.sandbox import sms_inbox
from idp.settings import SETTINGS, Settings
from tests.layout.tree import ROOT
from tests.notify.gateway import Gateway

PHONE = "+8613800138000"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.close()


@pytest.fixture
def send() -> Callable[..., None]:
    def to(url: str, **options: Any) -> None:
        app = Flask("test")
        settings = {"url": url, "timeout": 0.5, **options}
        SETTINGS.set(app, Settings.model_validate({"sandbox": True, "sms": settings}))
        with app.app_context():
            sms.send(PHONE, "sign_up_code", {"code": "481516", "minutes": "5"}, "zh_Hans")

    return to


def test_the_gateway_gets_what_the_document_says(gateway: Gateway, send: Callable[..., None]) -> None:
    send(f"{gateway.url}/202")
    send(f"{gateway.url}/200", token="s3cret")
    (first, headers), (second, other_headers) = gateway.taken
    message = json.loads(first)
    reference = message.pop("reference")
    assert message == {
        "to": PHONE,
        "template": "sign_up_code",
        "values": {"code": "481516", "minutes": "5"},
        "text": "【通行】您的验证码是 481516，5 分钟内有效。请勿告诉任何人。如非本人操作，请忽略本短信。",
        "locale": "zh-Hans",
    }
    assert reference != json.loads(second)["reference"]
    assert (headers["Content-Type"], headers["Authorization"]) == ("application/json", None)
    assert other_headers["Authorization"] == "Bearer s3cret"


def test_the_document_lists_every_text_with_its_values() -> None:
    listed = {
        name: set(re.findall(r"`(\w+)`", values))
        for name, values in re.findall(r"^\| `([a-z_0-9]+)` \| ([^|]*) \|", _templates(), re.MULTILINE)
    }
    assert listed == {
        name: {field for _, field, _, _ in Formatter().parse(text) if field}
        for name, texts in sms_texts.TEXTS.items()
        for text in texts.values()
    }


def _templates() -> str:
    document = (ROOT / "docs/sms-gateway.md").read_text(encoding="utf-8")
    return document.partition("| template | values |")[2].partition("\n\n")[0]


def test_the_sandbox_takes_it(gateway: Gateway, send: Callable[..., None]) -> None:
    send(f"{gateway.url}/202")
    client = sms_inbox.create_app().test_client()
    answer = client.post("/sms/messages", data=gateway.taken[0][0], content_type="application/json")
    assert answer.status_code == 202
    assert client.get("/sms/messages").get_json()[0]["code"] == "481516"


@pytest.mark.parametrize(
    ("path", "kind", "code"),
    [
        ("/400", Upstream, "sms_refused"),
        ("/401", Upstream, "sms_refused"),
        ("/302", Upstream, "sms_refused"),
        ("/429", Unavailable, "sms_unavailable"),
        ("/500", Unavailable, "sms_unavailable"),
        ("/503", Unavailable, "sms_unavailable"),
        ("/garbage", Unavailable, "sms_unavailable"),
        ("/hang-up", Unavailable, "sms_unavailable"),
        ("/slow", Unavailable, "sms_unavailable"),
        ("/trickle", Unavailable, "sms_unavailable"),
    ],
)
def test_what_goes_wrong_is_said_without_number_or_code(
    gateway: Gateway,
    send: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    path: str,
    kind: type[IdpError],
    code: str,
) -> None:
    began = time.monotonic()
    with pytest.raises(kind) as caught:
        send(gateway.url + path)
    assert time.monotonic() - began < 1.5
    assert caught.value.code == code
    said = str(caught.value) + repr(caught.value.__cause__) + "".join(capsys.readouterr())
    assert "13800138000" not in said
    assert "481516" not in said


def test_no_gateway_at_all(send: Callable[..., None]) -> None:
    with pytest.raises(Unavailable) as caught:
        send("http://127.0.0.1:1/sms")
    assert caught.value.retry_after == 30


def test_an_endless_answer_is_not_read(gateway: Gateway, send: Callable[..., None]) -> None:
    began = time.monotonic()
    send(f"{gateway.url}/endless")
    assert time.monotonic() - began < 1.5


def test_every_text_is_there_in_both_languages_with_the_same_values() -> None:
    for template, texts in sms_texts.TEXTS.items():
        assert set(texts) == set(sms.LOCALES), template
        fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts.values()]
        assert fields[0] == fields[1], template
        for text in texts.values():
            # Three parts of a long message in UCS-2: more costs, and may arrive in pieces.
            assert len(text) <= 200


def test_libraries_do_not_tell_either(gateway: Gateway, send: Callable[..., None]) -> None:
    assert logging.getLogger("httpx").getEffectiveLevel() >= logging.WARNING
    send(f"{gateway.url}/202")
