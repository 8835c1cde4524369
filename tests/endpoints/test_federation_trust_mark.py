from datetime import timedelta

import pytest

from idp import clock
from idp.db import commit
from idp.errors import InvalidInput, NotFound
from idp.federation import federation_key, hosted_statement, issued_trust_mark
from idp.keys import compact_jwt
from tests.endpoints import entity
from tests.federation import hosted
from tests.provider import Provider

PATH = "/federation/trust_mark"
MARK = "https://marks.example/elder-friendly"


def test_a_mark_is_given_signed_and_shown_by_its_subject(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        until = clock.now() + timedelta(days=30)
        issued_trust_mark.issue(
            tree.anchor,
            MARK,
            tree.site,
            expires_at=until,
            ref="https://marks.example/about",
            delegation="a.b.c",
        )
        commit()
        keys = federation_key.jwks(tree.anchor)
        shown = hosted.read(hosted_statement.configuration(tree.site))["trust_marks"]
    answer = entity.ask(either, tree.anchor, PATH, trust_mark_type=MARK, sub=tree.site)
    assert (answer.status_code, answer.mimetype) == (200, "application/trust-mark+jwt")
    said = hosted.read(answer.text, keys)
    assert (said["iss"], said["sub"], said["trust_mark_type"]) == (tree.anchor, tree.site, MARK)
    assert (said["exp"], said["delegation"]) == (int(until.timestamp()), "a.b.c")
    assert shown == [{"trust_mark_type": MARK, "trust_mark": answer.text}]
    assert compact_jwt.unverified_header(answer.text)["typ"] == "trust-mark+jwt"


def test_what_was_taken_back_or_has_expired_is_not_given(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        issued_trust_mark.issue(tree.anchor, MARK, tree.site, expires_at=clock.now() + timedelta(hours=1))
        issued_trust_mark.issue(tree.anchor, MARK, tree.province)
        commit()
        assert "trust_marks" in hosted.read(hosted_statement.configuration(tree.site))
    with clock.shifted(timedelta(hours=2)):
        assert entity.ask(either, tree.anchor, PATH, trust_mark_type=MARK, sub=tree.site).status_code == 404
        with either.context():
            assert "trust_marks" not in hosted.read(hosted_statement.configuration(tree.site))
    with either.context():
        issued_trust_mark.revoke(tree.anchor, MARK, tree.province, reason="审计未通过")
        commit()
        with pytest.raises(NotFound):
            issued_trust_mark.revoke(tree.anchor, MARK, tree.province, reason="again")
        assert "trust_marks" not in hosted.read(hosted_statement.configuration(tree.province))
    answer = entity.ask(either, tree.anchor, PATH, trust_mark_type=MARK, sub=tree.province)
    assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"sub": "https://a.example"}, 400),
        ({"trust_mark_type": MARK}, 400),
        ({"trust_mark_type": MARK, "sub": "https://a.example"}, 404),
        ({"trust_mark_type": "x" * 3000, "sub": "\0"}, 400),
        ({"trust_mark_type": "x" * 3000, "sub": "ä"}, 404),
    ],
)
def test_bad_questions(either: Provider, query: dict[str, str], status: int) -> None:
    with either.context():
        tree = hosted.plant()
    assert entity.ask(either, tree.anchor, PATH, **query).status_code == status


def test_who_may_not_give_marks(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        with pytest.raises(InvalidInput):
            issued_trust_mark.issue(tree.site, MARK, tree.anchor)
        with pytest.raises(InvalidInput):
            issued_trust_mark.issue(tree.anchor, "", tree.site)
        with pytest.raises(InvalidInput):
            issued_trust_mark.issue(tree.anchor, MARK, tree.site, expires_at=clock.now())
        with pytest.raises(NotFound):
            issued_trust_mark.issue("http://localhost:8000/authorities/none", MARK, tree.site)
    assert entity.ask(either, tree.site, PATH, trust_mark_type=MARK, sub=tree.site).status_code == 404
