"""Adding an enterprise on its pages, against registers that answer, refuse, or are away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.db import commit
from idp.identifiers import citizen_id
from idp.proofing import registers as asked
from tests.pages.acting import Actor, proven, said, send_directly
from tests.proofing.conftest import number
from tests.proofing.register_server import RegisterServer, problem
from tests.provider import NewProvider, Provider

FORM = {"uscc": "91330106MA28FAKE9N", "enterprise_name": "杭州示例科技有限公司"}
ACTIVE = {"status": "active", "representative": "match"}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegisterServer]:
    monkeypatch.setattr(asked, "FIRST_PAUSE", 0.01)
    made = RegisterServer(tmp_path)
    made.respond = lambda question: made.signed(question, "match", ACTIVE)
    yield made
    made.close()


@pytest.fixture
def provider_(new_provider: NewProvider, server: RegisterServer) -> Provider:
    return new_provider(registers=server.settings(timeout=1.0))


def citizen(provider: Provider, sequence: int) -> Actor:
    actor = proven(provider, "王芳")
    with provider.context():
        account = accounts.get(actor.id)
        identities.bind(account, identities.parse(citizen_id.TYPE, number(sequence)), name="王芳")
        commit()
    return actor


def test_the_representative_adds_her_enterprise(provider_: Provider) -> None:
    wangfang = citizen(provider_, 501).browser
    wangfang.go("/account/enterprises")
    wangfang.go("/account/enterprises/claim")
    wangfang.send("claim-submit", values={"uscc": "123", "enterprise_name": ""})
    assert wangfang.response.status_code == 400
    wangfang.send("claim-submit", values=FORM)
    assert "The enterprise is yours to act for now" in said(wangfang)
    assert "legal representative" in said(wangfang)
    wangfang.go("/account/enterprises")
    assert FORM["uscc"] in said(wangfang)


def test_somebody_else_is_told_whom_to_ask(provider_: Provider, server: RegisterServer) -> None:
    server.respond = lambda question: server.signed(
        question, "match", ACTIVE | {"representative": "mismatch"}
    )
    stranger = citizen(provider_, 502).browser
    stranger.go("/account/enterprises/claim")
    stranger.send("claim-submit", values=FORM)
    assert "Ask that person to appoint you" in said(stranger)


def test_a_claim_is_gone_on_with_when_the_register_is_back(
    provider_: Provider, server: RegisterServer
) -> None:
    answering = server.respond
    server.respond = lambda question: problem(503)
    actor, other = citizen(provider_, 503), citizen(provider_, 504)
    actor.browser.go("/account/enterprises/claim")
    actor.browser.send("claim-submit", values=FORM)
    assert "The register has not answered yet" in said(actor.browser)
    path = actor.browser.page.forms[0].action
    assert send_directly(other.browser, path) == 404
    server.respond = answering
    actor.browser.go("/account/enterprises")
    actor.browser.send("on")
    assert "The enterprise is yours to act for now" in said(actor.browser)


def test_who_is_not_proven_is_sent_to_prove_the_name(provider_: Provider) -> None:
    unknown = proven(provider_, "新人", codes=()).browser
    unknown.go("/account/enterprises/claim")
    unknown.send("claim-submit", values=FORM)
    assert unknown.response.status_code == 403
    assert "Prove your own name to level 3 first" in said(unknown)
