"""Adding an enterprise on its pages, against registers that answer, refuse, or are away."""

from tests.pages.acting import citizen, proven, said, send_directly
from tests.proofing.conftest import number
from tests.proofing.register_server import RegisterServer, problem
from tests.provider import Provider

FORM = {"uscc": "91330106MA28FAKE9N", "enterprise_name": "杭州示例科技有限公司"}


def test_the_representative_adds_her_enterprise(proving: Provider) -> None:
    wangfang = citizen(proving, "王芳", number(501)).browser
    wangfang.go("/account/enterprises")
    wangfang.go("/account/enterprises/claim")
    wangfang.send("claim-submit", values={"uscc": "123", "enterprise_name": ""})
    assert wangfang.response.status_code == 400
    wangfang.send("claim-submit", values=FORM)
    assert "The enterprise is yours to act for now" in said(wangfang)
    assert "legal representative" in said(wangfang)
    wangfang.go("/account/enterprises")
    assert FORM["uscc"] in said(wangfang)


def test_somebody_else_is_told_whom_to_ask(proving: Provider, server: RegisterServer) -> None:
    server.respond = lambda question: server.signed(
        question, "match", {"status": "active", "representative": "mismatch"}
    )
    stranger = citizen(proving, "王芳", number(502)).browser
    stranger.go("/account/enterprises/claim")
    stranger.send("claim-submit", values=FORM)
    assert "Ask that person to appoint you" in said(stranger)


def test_a_claim_is_gone_on_with_when_the_register_is_back(proving: Provider, server: RegisterServer) -> None:
    answering = server.respond
    server.respond = lambda question: problem(503)
    actor, other = citizen(proving, "王芳", number(503)), citizen(proving, "王芳", number(504))
    actor.browser.go("/account/enterprises/claim")
    actor.browser.send("claim-submit", values=FORM)
    assert "The register has not answered yet" in said(actor.browser)
    path = actor.browser.page.forms[0].action
    assert send_directly(other.browser, path) == 404
    server.respond = answering
    actor.browser.go("/account/enterprises")
    actor.browser.send("on")
    assert "The enterprise is yours to act for now" in said(actor.browser)


def test_who_is_not_proven_is_sent_to_prove_the_name(proving: Provider) -> None:
    unknown = proven(proving, "新人", codes=()).browser
    unknown.go("/account/enterprises/claim")
    unknown.send("claim-submit", values=FORM)
    assert unknown.response.status_code == 403
    assert "Prove your own name to level 3 first" in said(unknown)
