import pytest

from idp.db import commit
from idp.federation import issued_trust_mark
from tests.endpoints import entity
from tests.federation import hosted
from tests.provider import Provider

PATH = "/federation/trust_mark_list"
MARK = "https://marks.example/private-channel"


def test_who_holds_a_mark_that_counts(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        for subject in (tree.site, tree.province):
            issued_trust_mark.issue(tree.anchor, MARK, subject)
        commit()
    assert entity.ask(either, tree.anchor, PATH, trust_mark_type=MARK).get_json() == sorted(
        [tree.province, tree.site]
    )
    one = entity.ask(either, tree.anchor, PATH, trust_mark_type=MARK, sub=tree.site)
    assert one.get_json() == [tree.site]
    assert entity.ask(either, tree.anchor, PATH, trust_mark_type=f"{MARK}/x").get_json() == []
    with either.context():
        issued_trust_mark.revoke(tree.anchor, MARK, tree.site, reason="?")
        commit()
    gone = entity.ask(either, tree.anchor, PATH, trust_mark_type=MARK, sub=tree.site)
    assert gone.get_json() == []


@pytest.mark.parametrize(
    "query",
    [{}, {"trust_mark_type": "x" * 300}, {"trust_mark_type": "ä"}, {"trust_mark_type": "x", "sub": "\0"}],
)
def test_bad_questions(either: Provider, query: dict[str, str]) -> None:
    with either.context():
        tree = hosted.plant()
    answer = entity.ask(either, tree.anchor, PATH, **query)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")
    assert entity.ask(either, tree.site, PATH, trust_mark_type="x").status_code == 404
