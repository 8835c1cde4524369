import pytest

from idp.db import commit
from idp.federation import hosted_entity
from tests.endpoints import entity
from tests.federation import hosted
from tests.provider import Provider, counted

PATH = "/.well-known/openid-federation"


def test_a_hosted_entity_says_who_it_is(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
    answer = entity.ask(either, tree.province, PATH)
    assert answer.status_code == 200
    assert answer.mimetype == "application/entity-statement+jwt"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert hosted.read(answer.text)["sub"] == tree.province


def test_who_has_the_statement_gets_nothing_and_nobody_is_asked(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
    either.settle()
    first = entity.ask(either, tree.anchor, PATH)
    with counted(either.app) as counts:
        again = entity.ask(either, tree.anchor, PATH, etag=first.headers["ETag"])
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert not counts.statements
    with either.context():
        hosted_entity.update(tree.anchor, names={"zh-Hans": "改名"})
        commit()
    changed = entity.ask(either, tree.anchor, PATH, etag=first.headers["ETag"])
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_an_entity_may_have_a_host_name_of_its_own(either: Provider) -> None:
    own, below = "http://hangzhou.localhost:8000", "http://gov.localhost:8000/a/b/county"
    with either.context():
        for entity_id in (own, below):
            if hosted_entity.find(entity_id) is None:
                hosted_entity.create(entity_id, kind="anchor", names={"zh-Hans": "杭州"})
        commit()
    for entity_id in (own, below):
        answer = entity.ask(either, entity_id, PATH)
        assert hosted.read(answer.text)["iss"] == entity_id
    assert entity.ask(either, own.replace("8000", "8001"), PATH).status_code == 404
    assert entity.ask(either, own.replace("hangzhou", "HANGZHOU"), PATH).status_code == 200


def test_its_host_name_leads_to_nothing_else(either: Provider) -> None:
    with either.context():
        if hosted_entity.find("http://only.localhost:8000") is None:
            hosted_entity.create("http://only.localhost:8000", kind="anchor", names={"zh-Hans": "只"})
            commit()
    for path in ("/jwks", "/login", "/.well-known/openid-configuration", "/authorities/x/jwks"):
        assert entity.ask(either, "http://only.localhost:8000", path).status_code in {400, 404}


@pytest.mark.parametrize(
    "path",
    ["/authorities/nobody", "", "/authorities/%00", "/authorities/%C3%A4", "/" + "x" * 3000, "//", "/a/../b"],
)
def test_nobody_of_that_name(either: Provider, path: str) -> None:
    answer = entity.ask(either, f"http://localhost:8000{path}", PATH)
    if not path and answer.status_code == 200:
        return  # another test made the provider an entity
    assert answer.status_code == 404
    assert answer.get_json()["error"] == "not_found"
    assert answer.get_json()["trace_id"]


def test_only_reading(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
    assert entity.post(either, tree.anchor, PATH).status_code == 405
