import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from idp.db import db
from idp.relying_parties import cache, registration, relying_party_row
from idp.relying_parties.cache import CACHE, RelyingPartyCache
from idp.settings import SETTINGS
from tests.provider import Provider
from tests.relying_parties.conftest import NewApp
from tests.relying_parties.documents import SECRET, web


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN IMMEDIATE":
            statements.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def register(client_id: str = "housing-fund") -> None:
    registration.create(web(client_id=client_id))
    db.session.commit()


def test_a_hit_asks_the_database_nothing(app: Flask) -> None:
    register()
    with counted() as first:
        found = cache.find("housing-fund")
    assert found is not None
    assert len(first) == 1
    with counted() as statements:
        assert all(cache.find("housing-fund") is found for _ in range(100))
        assert found.check_client_secret(SECRET)
    assert statements == []
    assert not db.session().in_transaction()


def test_keys_are_parsed_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    registration.create(
        web(client_secret=None, jwks={"keys": [dict(ECKey.generate_key().as_dict(private=False))]})
    )
    db.session.commit()
    parsed: list[object] = []
    original = ECKey.import_key

    def noted(document: Any) -> ECKey:
        parsed.append(document)
        return original(document)

    monkeypatch.setattr(ECKey, "import_key", noted)
    for _ in range(10):
        rp = cache.find("housing-fund")
        assert rp is not None
        assert rp.jwks is not None
    assert len(parsed) == 1


def test_an_unknown_id_is_asked_for_once(app: Flask) -> None:
    with counted() as statements:
        assert [cache.find("nobody") for _ in range(10)] == [None] * 10
    assert len(statements) == 1


@pytest.mark.parametrize("client_id", ["", "a" * 129, "a b", "a\x00", "中文", "-a", "a\n", "*"])
def test_an_impossible_id_reaches_neither_database_nor_memory(app: Flask, client_id: str) -> None:
    with counted() as statements:
        assert cache.find(client_id) is None
    assert statements == []
    assert CACHE.get().sizes() == (0, 0)


def test_strangers_fill_neither_memory_nor_drive_out_what_is_used(app: Flask) -> None:
    register()
    small = RelyingPartyCache(entries=2, unknown_entries=5)
    assert small.find("housing-fund") is not None
    for number in range(50):
        assert small.find(f"stranger-{number}") is None
    assert small.sizes() == (1, 5)
    with counted() as statements:
        assert small.find("housing-fund") is not None
    assert statements == []


def test_what_was_used_longest_ago_goes_first(app: Flask) -> None:
    for name in ("a", "b", "c"):
        register(name)
    small = RelyingPartyCache(entries=2)
    for name in ("a", "b", "a", "c"):
        assert small.find(name) is not None
    with counted() as statements:
        assert small.find("a") is not None
    assert statements == []
    with counted() as statements:
        assert small.find("b") is not None
    assert len(statements) == 1
    assert small.sizes() == (2, 0)


@pytest.mark.parametrize(
    ("changed", "kept"), [("b", (2, 0)), ("somebody else", (3, 0)), (cache.EVERYTHING, (0, 0))]
)
def test_what_changes_while_it_is_read_is_read_again_and_the_rest_is_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch, changed: str, kept: tuple[int, int]
) -> None:
    """Else one change anywhere would cost a page that lists many sites a query for each."""
    names = ("a", "b", "c")
    for name in names:
        register(name)
    mine, find_all = RelyingPartyCache(), relying_party_row.find_all

    def interrupted(*wanted: Any) -> Any:
        found = find_all(*wanted)
        mine.forget(changed)
        return found

    monkeypatch.setattr(relying_party_row, "find_all", interrupted)
    mine.load(names)
    assert mine.sizes() == kept
    with counted() as statements:
        assert all(mine.find(name) is not None for name in names)
    assert len(statements) == len(names) - kept[0]


def test_a_reading_that_fails_leaves_nothing_behind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_wanted: Any) -> Any:
        raise OperationalError("SELECT", {}, ConnectionError("gone"))

    mine = RelyingPartyCache()
    with monkeypatch.context() as patch:
        patch.setattr(relying_party_row, "find_all", away)
        for _ in range(3):
            with pytest.raises(OperationalError):
                mine.load(["a"])
    assert mine._readings == []


def test_many_are_read_at_once(app: Flask) -> None:
    for name in ("a", "b", "c"):
        register(name)
    registration.set_active("c", active=False)
    db.session.commit()
    mine = RelyingPartyCache()
    mine.find("a")
    with counted() as statements:
        mine.load(["a", "b", "c", "nobody", "not possible\0", "http://localhost/\udcff"])
    assert len(statements) == 1
    assert mine.sizes() == (2, 2)
    with counted() as statements:
        mine.load(["a", "b", "c", "nobody"])
        assert [mine.find(one) is not None for one in ("a", "b", "c", "nobody")] == [True, True, False, False]
        mine.load([])
    assert statements == []
    assert not db.session().in_transaction()


def test_entries_end(app: Flask) -> None:
    register()
    moment = [0.0]
    short = RelyingPartyCache(timer=lambda: moment[0])
    short.find("housing-fund")
    short.find("nobody")
    moment[0] = cache.UNKNOWN_LIFE_SECONDS
    with counted() as statements:
        short.find("housing-fund")
        short.find("nobody")
    assert len(statements) == 1
    moment[0] = cache.LIFE_SECONDS
    with counted() as statements:
        short.find("housing-fund")
    assert len(statements) == 1


def test_a_disabled_relying_party_is_not_found(app: Flask) -> None:
    register()
    registration.set_active("housing-fund", active=False)
    db.session.commit()
    assert cache.find("housing-fund") is None
    registration.set_active("housing-fund", active=True)
    db.session.commit()
    assert cache.find("housing-fund") is not None


def test_what_is_stored_but_breaks_todays_rules_is_not_used(
    app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    registration.create(web(redirect_uris=["http://localhost:1/cb"]))
    db.session.commit()
    production = SETTINGS.get().model_copy(update={"sandbox": False})
    app.extensions["tongxing.settings"] = production
    assert RelyingPartyCache().find("housing-fund") is None


def test_a_read_that_was_overtaken_by_a_change_is_not_kept(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    register()
    mine = RelyingPartyCache()
    original = relying_party_row.find

    def overtaken(client_id: str) -> relying_party_row.RelyingPartyRow | None:
        row = original(client_id)
        mine.forget(client_id)
        return row

    monkeypatch.setattr(relying_party_row, "find", overtaken)
    assert mine.find("housing-fund") is not None
    assert mine.sizes() == (0, 0)


def test_inside_a_transaction_the_cache_reads_in_it(app: Flask) -> None:
    registration.create(web())
    assert db.session().in_transaction()
    assert RelyingPartyCache().find("housing-fund") is not None
    assert db.session().in_transaction()
    db.session.rollback()


def wait_for(what: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


def test_a_change_in_one_process_reaches_the_other(new_app: NewApp) -> None:
    here, there = new_app(), new_app()
    with there.app_context():
        assert cache.find("housing-fund") is None
    with here.app_context():
        register()
        assert cache.find("housing-fund") is not None
    with there.app_context():
        assert wait_for(lambda: cache.find("housing-fund") is not None)
        db.session.remove()
    with here.app_context():
        registration.rotate_secret("housing-fund")
        db.session.commit()
        found = cache.find("housing-fund")
        assert found is not None
        assert not found.check_client_secret(SECRET)

    def refused_there() -> bool:
        with there.app_context():
            found = cache.find("housing-fund")
            return found is not None and not found.check_client_secret(SECRET)

    assert wait_for(refused_there)


def test_star_forgets_everything(app: Flask) -> None:
    register()
    cache.find("housing-fund")
    cache.find("nobody")
    CACHE.get().forget("*")
    assert CACHE.get().sizes() == (0, 0)


def test_many_threads_share_it(app: Flask) -> None:
    names = [f"rp-{number}" for number in range(8)]
    for name in names:
        register(name)
    shared = RelyingPartyCache(entries=4, unknown_entries=2)
    problems: list[str] = []

    def visit(offset: int) -> None:
        with app.app_context():
            for turn in range(60):
                name = names[(turn + offset) % len(names)]
                found = shared.find(name)
                if found is None or found.client_id != name:
                    problems.append(name)
                if turn % 7 == 0:
                    shared.forget(name)

    threads = [threading.Thread(target=visit, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert shared.sizes()[0] <= 4


@pytest.mark.integration
def test_a_change_reaches_the_other_process_through_redis(production: Provider) -> None:
    there = Provider(production.settings)
    site = production.site()
    try:
        with there.context():
            found = cache.find(site.id)
            assert found is not None
            assert found.check_client_secret(site.secret or "")
        with production.context():
            registration.rotate_secret(site.id)
            db.session.commit()

        def refused_there() -> bool:
            with there.context():
                found = cache.find(site.id)
                return found is not None and not found.check_client_secret(site.secret or "")

        assert wait_for(refused_there)
    finally:
        there.close()
