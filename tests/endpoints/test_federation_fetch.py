import threading

import pytest

from idp.db import commit
from idp.federation import federation_key, rotation, suspension
from tests.endpoints import entity
from tests.federation import hosted
from tests.provider import Provider, counted

PATH = "/federation/fetch"


def test_an_authority_says_what_it_knows_of_a_subordinate(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        keys = federation_key.jwks(tree.anchor)
    either.settle()
    answer = entity.ask(either, tree.anchor, PATH, sub=tree.province)
    assert (answer.status_code, answer.mimetype) == (200, "application/entity-statement+jwt")
    said = hosted.read(answer.text, keys)
    assert (said["iss"], said["sub"]) == (tree.anchor, tree.province)
    with counted(either.app) as counts:
        again = entity.ask(either, tree.anchor, PATH, etag=answer.headers["ETag"], sub=tree.province)
    assert again.status_code == 304
    assert not counts.statements


def test_a_suspended_one_is_gone_at_once_and_comes_back(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
    etag = entity.ask(either, tree.province, PATH, sub=tree.site).headers["ETag"]
    with either.context():
        suspension.suspend(tree.province, tree.site, reason="安全事件", by="operator:test")
        commit()
    gone = entity.ask(either, tree.province, PATH, etag=etag, sub=tree.site)
    assert (gone.status_code, gone.get_json()["error"]) == (404, "not_found")
    with either.context():
        suspension.resume(tree.province, tree.site, by="operator:test")
        commit()
    assert entity.ask(either, tree.province, PATH, sub=tree.site).status_code == 200


@pytest.mark.parametrize("sub", ["", "SELF"])
def test_whom_it_cannot_be_about(either: Provider, sub: str) -> None:
    with either.context():
        tree = hosted.plant()
    answer = entity.ask(either, tree.anchor, PATH, sub=tree.anchor if sub else "")
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "sub", ["x", "x" * 5000, "\0", "http://ä.example", "' OR ''='", "https://a.example/\r\nX: y"]
)
def test_hostile_names(either: Provider, sub: str) -> None:
    with either.context():
        tree = hosted.plant()
    answer = entity.ask(either, tree.anchor, PATH, sub=sub)
    assert answer.status_code in {400, 404}
    assert answer.get_json()["error"] in {"invalid_request", "not_found"}


def test_not_a_subordinate_and_not_an_authority(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
    assert entity.ask(either, tree.anchor, PATH, sub=tree.site).status_code == 404
    assert entity.ask(either, tree.site, PATH, sub=tree.anchor).status_code == 404
    assert (
        entity.ask(either, "http://localhost:8000/authorities/none", PATH, sub=tree.site).status_code == 404
    )


def test_a_repeated_subject_is_refused(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
    answer = entity.ask(either, tree.anchor, PATH, sub=[tree.province, tree.site])
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_too_long_a_query(either: Provider) -> None:
    answer = entity.ask(either, "http://localhost:8000/authorities/a", PATH, sub="x" * 20_000)
    assert answer.status_code == 413


def test_statements_hold_while_the_key_is_turned(either: Provider) -> None:
    """Whoever asks during a rotation gets a statement of a key that the authority publishes."""
    with either.context():
        tree = hosted.plant()
    failures: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            with either.context():
                published = federation_key.jwks(tree.anchor)
            answer = entity.ask(either, tree.anchor, PATH, sub=tree.province)
            try:
                hosted.read(answer.text, published)
            except AssertionError:
                with either.context():
                    # A rotation lay between the two questions.
                    hosted.read(answer.text, federation_key.jwks(tree.anchor))
            except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
                failures.append(repr(error))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        with either.context():
            rotation.rotate(tree.anchor)
            commit()
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures
