"""Typing the code from a counter."""

from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.linking import link_code, linked_account
from tests.linking import older_system
from tests.provider import Provider, SignIn

HERE = "/account/linked/code"


def test_the_code_links_its_account(either: Provider, sign_in: SignIn) -> None:
    person, site = either.person(), older_system.site(either)
    with either.context():
        code, _ = link_code.issue(site.id, "CARD-0042")
        commit()
    visitor = sign_in(person)
    visitor.go("/account/linked")
    visitor.go(HERE)
    visitor.send("code-submit", values={"code": "WRONG-WRONG"})
    assert visitor.response.status_code == 400
    assert "This code is not right" in "".join(visitor.page.texts)
    visitor.send("code-submit", values={"code": code.lower()})
    assert visitor.is_at("/account/linked")
    assert "is linked" in "".join(visitor.page.texts)
    with either.context():
        linked = linked_account.find(person.id, site.id)
        assert linked is not None
        assert linked.how == linked_account.COUNTER_CODE
        (refused,) = db.session.query(AuditEvent).filter_by(account_id=person.id, name="link.refused")
        assert refused.data == {"reason": "link_code_wrong"}


def test_after_many_wrong_codes_the_person_waits(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    visitor.go(HERE)
    for _ in range(link_code.WRONG_A_DAY):
        visitor.send("code-submit", values={"code": "22222-22222"})
        assert visitor.response.status_code == 400
    visitor.send("code-submit", values={"code": "22222-22222"})
    assert visitor.response.status_code == 429
    assert "Too many tries" in "".join(visitor.page.texts)
