"""A face: consent of its own, other ways beside it, the picture passed on and kept nowhere."""

import base64
import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from idp.audit.log import AuditEvent
from idp.db import db
from idp.proofing.verifiers import face
from tests.person import Person, Visitor
from tests.proofing.conftest import number, submit
from tests.proofing.register_server import RegisterServer
from tests.proofing.test_picture import exif, jpeg
from tests.provider import Provider

Enter = Callable[[Person], Visitor]
PICTURE = jpeg(scan=b"face" * 40_000)
FACE = "/account/proofing/face"
LINE = "picture-boundary"


@pytest.fixture
def person(proving_pages: Provider) -> Person:
    made = proving_pages.person()
    with proving_pages.context():
        submit(made, "register", name="李娜", number=number(1))
    return made


def send(visitor: Visitor, picture: bytes, consent: str = "yes") -> str:
    token = dict(visitor.page.forms[0].values)["csrf_token"]
    fields = "".join(
        f'--{LINE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("csrf_token", token), ("consent", consent))
    )
    head = f'--{LINE}\r\nContent-Disposition: form-data; name="image"; filename="me.jpg"\r\n'
    body = (
        f"{fields}{head}Content-Type: image/jpeg\r\n\r\n".encode() + picture + f"\r\n--{LINE}--\r\n".encode()
    )
    visitor.path = FACE
    visitor.response = visitor.client.post(
        FACE,
        base_url=visitor.issuer,
        data=body,
        content_type=f"multipart/form-data; boundary={LINE}",
        headers=visitor.headers,
    )
    return visitor.follow().get_data(as_text=True)


def test_a_picture_larger_than_any_other_form_is_compared(
    proving_pages: Provider, enter: Enter, server: RegisterServer, person: Person
) -> None:
    assert len(PICTURE) > proving_pages.settings.limits.request_bytes
    visitor = enter(person)
    visitor.go(FACE)
    assert 'id="face-alternatives"' in visitor.response.get_data(as_text=True)
    assert 'data-state="approved"' in send(visitor, jpeg(exif(1), scan=b"face" * 40_000) + b"a film")
    asked = json.loads(server.asked[-1].body)
    assert base64.b64decode(asked["image"]) == PICTURE
    with proving_pages.context():
        query = select(AuditEvent.name).where(AuditEvent.account_id == person.id)
        assert "face_consent.given" in db.session.scalars(query).all()


def test_without_consent_nothing_is_sent(
    proving_pages: Provider, enter: Enter, server: RegisterServer, person: Person
) -> None:
    visitor = enter(person)
    visitor.go(FACE)
    asked = len(server.asked)
    assert 'id="consent-error"' in send(visitor, PICTURE, consent="")
    assert len(server.asked) == asked


@pytest.mark.parametrize("picture", [b"", b"GIF89a", b"\xff\xd8\xff" + b"x" * face.LARGEST_PICTURE])
def test_what_is_no_picture_is_said(enter: Enter, person: Person, picture: bytes) -> None:
    visitor = enter(person)
    visitor.go(FACE)
    assert 'id="image-error"' in send(visitor, picture)


def test_too_much_is_refused_before_it_is_read(enter: Enter, person: Person) -> None:
    visitor = enter(person)
    visitor.go(FACE)
    send(visitor, b"\xff\xd8\xff" + b"x" * 2_000_000)
    assert visitor.response.status_code == 413


def test_without_a_proven_name_the_page_leads_there(proving_pages: Provider, enter: Enter) -> None:
    visitor = enter(proving_pages.person())
    visitor.go(FACE)
    assert "/account/proofing/register" in visitor.response.get_data(as_text=True)
    assert 'id="image"' not in visitor.response.get_data(as_text=True)
