"""A full login, watched: neither logs nor audit rows hold a code, a token, a secret, a password, a phone or a name."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import select, text

from idp import logs
from idp.audit.batch import BATCH
from idp.audit.log import AuditEvent
from idp.authenticators import recovery_code
from idp.db import commit, db
from idp.ephemeral.store import EPHEMERAL
from tests.person import PASSWORD, TOTP_SECRET
from tests.provider import Provider
from tests.site import SECRET, answered


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, at the most talkative level."""
    before = structlog.get_config()
    stream = io.StringIO()
    logs.configure("debug", stream)
    yield stream
    structlog.configure(**before)


def rows(provider: Provider) -> str:
    """Every audit row as text."""
    BATCH.of(provider.app).flush()
    with provider.context():
        events = db.session.execute(select(AuditEvent)).scalars()
        return json.dumps(
            [
                {column.name: str(getattr(one, column.name)) for column in AuditEvent.__table__.columns}
                for one in events
            ],
            ensure_ascii=False,
        )


def test_a_login_from_end_to_end_is_told_without_anything_secret_or_personal(
    either: Provider, written: io.StringIO
) -> None:
    site = either.site(backchannel_logout_uri="https://back.example.cn/logout")
    person = either.person(totp=True, name="欧阳隐私", phone="+8613912345678")
    with either.context():
        codes = recovery_code.create(person.id)
        commit()
    visitor = site.visitor(language="en")
    visitor.go(site.authorize_url(login_hint=person.phone))
    wrong = "my-wrong-password-93"
    visitor.send("login-submit", values={"identifier": person.username, "password": wrong})
    visitor.send("login-submit", values={"identifier": person.username, "password": PASSWORD})
    visitor.send("code-submit", values={"code": "135790"})
    otp = person.code()
    visitor.send("code-submit", values={"code": otp})
    visitor.send("consent-allow")
    code = answered(visitor.location)["code"]
    cookie = visitor.client.get_cookie("tongxing_session", domain="localhost")
    device = visitor.client.get_cookie("tongxing_device", domain="localhost")
    assert cookie is not None
    assert device is not None
    first = site.redeem(code)
    second = site.refresh(first["refresh_token"])
    site.claims(second["access_token"])
    site.introspect(second["access_token"])
    site.introspect("eyJhbGciOiJFUzI1NiJ9.eyJwaG9uZSI6IjEzOTEyMzQ1Njc4In0.c2ln")
    site.redeem(code)
    site.redeem("wrong-code-135")
    site.post("/token", x="1", grant_type="password", username=person.username, password=PASSWORD)
    site.app.test_client().get("/userinfo", base_url=site.issuer, headers={"Host": "evil.example"})
    visitor.go(f"/authorize?client_id=nobody&login_hint={person.phone}&state=secret-state-7")
    visitor.go("/logout")
    visitor.send("logout-confirm")
    secrets: dict[str, Any] = {
        "password": PASSWORD,
        "wrong password": wrong,
        "TOTP secret": TOTP_SECRET,
        "one-time code": otp,
        "wrong one-time code": "135790",
        "recovery code": codes[0],
        "client secret": SECRET,
        "Authorization header": site.credentials()[0]["Authorization"].removeprefix("Basic "),
        "code": code,
        "verifier": site.verifier,
        "state": site.state,
        "nonce": site.nonce,
        "access token": first["access_token"].rsplit(".", 1)[1],
        "second access token": second["access_token"].rsplit(".", 1)[1],
        "ID token": first["id_token"].rsplit(".", 1)[1],
        "refresh token": first["refresh_token"],
        "second refresh token": second["refresh_token"],
        "session cookie": cookie.value,
        "device cookie": device.value,
        "phone": "13912345678",
        "name": "欧阳隐私",
        "user name": person.username,
        "strange state": "secret-state-7",
    }
    logged, audited = written.getvalue(), rows(either)
    assert "refused" in logged, "the log was watched"
    assert site.id in audited, "the audit was watched"
    for what, value in secrets.items():
        assert value not in logged, f"{what} in the log"
        assert value not in audited, f"{what} in the audit log"


def test_the_stores_hold_no_token_and_no_personal_text_in_the_clear(provider: Provider) -> None:
    """A copy of the database gives nobody a session, a token, a phone number or a name."""
    site, person = provider.site(), provider.person(name="司徒明文", phone="+8613712345678")
    visitor = site.visitor()
    tokens = site.redeem(site.code(person, visitor))
    cookie = visitor.client.get_cookie("tongxing_session", domain="localhost")
    assert cookie is not None
    with provider.context():
        names = (
            db.session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        )
        tables = [text(f'"{name}"') for name in names]
        dump = "".join(repr(db.session.execute(select(text("*")).select_from(t)).all()) for t in tables)
        assert EPHEMERAL.get() is not None
    assert str(person.id.hex) in dump.replace("-", "")
    for value in (
        SECRET,
        PASSWORD,
        tokens["refresh_token"],
        tokens["access_token"],
        cookie.value,
        "13712345678",
        "司徒明文",
    ):
        assert value not in dump
