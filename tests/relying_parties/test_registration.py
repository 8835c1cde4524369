from datetime import timedelta

import pytest
from flask import Flask
from joserfc.jwk import ECKey
from sqlalchemy import text

from idp import clock
from idp.db import db
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Conflict, InvalidInput, NotFound, Unavailable
from idp.relying_parties import cache, metadata, registration, relying_party_row
from idp.relying_parties.cache import CACHE
from idp.relying_parties.metadata import InvalidMetadata
from tests.relying_parties.conftest import audited
from tests.relying_parties.documents import SECRET, web

JWKS = {"keys": [dict(ECKey.generate_key("P-256").as_dict(private=False))]}


def stored_text() -> str:
    rows = db.session.execute(text("SELECT * FROM relying_parties UNION ALL SELECT * FROM relying_parties"))
    return "\n".join(str(tuple(row)) for row in rows)


def test_creating_makes_a_secret_and_tells_it_once(app: Flask) -> None:
    made = registration.create(web(client_secret=None))
    db.session.commit()
    assert made.secret is not None
    assert len(made.secret) >= 43
    assert made.secret not in repr(made)
    assert made.secret not in stored_text()
    found = cache.find("housing-fund")
    assert found is not None
    assert found.check_client_secret(made.secret)
    assert audited() == [("relying_party.created", "housing-fund")]


def test_a_given_secret_is_not_told_again(app: Flask) -> None:
    made = registration.create(web())
    db.session.commit()
    assert made.secret is None
    assert SECRET not in stored_text()


def test_public_clients_and_keys_need_no_secret(app: Flask) -> None:
    public = registration.create(web(client_id="a", client_secret=None, token_endpoint_auth_method="none"))
    keyed = registration.create(web(client_id="b", client_secret=None, jwks=JWKS))
    assert (public.secret, keyed.secret) == (None, None)


def test_an_id_is_given_once(app: Flask) -> None:
    registration.create(web())
    with pytest.raises(Conflict):
        registration.create(web())


def test_nothing_stands_before_the_commit(app: Flask) -> None:
    registration.create(web())
    db.session.rollback()
    assert cache.find("housing-fund") is None
    assert audited() == []


def test_putting_the_same_twice_changes_nothing(app: Flask) -> None:
    for expected in ("created", "unchanged"):
        assert registration.put(registration.read(web())).outcome == expected
        db.session.commit()
    assert registration.get("housing-fund").version == 1


def test_putting_something_else_updates_and_keeps_the_secret(app: Flask) -> None:
    registration.put(registration.read(web()))
    db.session.commit()
    changed = registration.put(registration.read(web(client_secret=None, client_name="新名")))
    db.session.commit()
    assert changed.outcome == "updated"
    found = cache.find("housing-fund")
    assert found is not None
    assert found.client_name.text("zh_Hans") == "新名"
    assert found.version == 2
    assert found.check_client_secret(SECRET)
    assert [name for name, _ in audited()] == ["relying_party.created", "relying_party.updated"]


def test_putting_another_secret_ends_the_old_ones(app: Flask) -> None:
    registration.put(registration.read(web()))
    rotated = registration.rotate_secret("housing-fund", keep_old=timedelta(days=1))
    other = SECRET[::-1]
    assert registration.put(registration.read(web(client_secret=other))).outcome == "updated"
    db.session.commit()
    found = cache.find("housing-fund")
    assert found is not None
    assert [found.check_client_secret(value) for value in (other, rotated, SECRET)] == [True, False, False]


def test_a_secret_leaves_with_the_method_that_needed_it(app: Flask) -> None:
    registration.put(registration.read(web()))
    registration.put(registration.read(web(client_secret=None, jwks=JWKS)))
    assert registration.get("housing-fund").secrets == ()


def test_a_needed_secret_must_come_from_somewhere(app: Flask) -> None:
    with pytest.raises(InvalidMetadata, match="client_secret: is missing"):
        registration.put(registration.read(web(client_secret=None)))


def test_single_fields_are_changed_and_taken_away(app: Flask) -> None:
    registration.create(web(default_max_age=60))
    registration.update(
        "housing-fund", {"default_max_age": None, "client_name": "新名", "client_id": "other"}
    )
    db.session.commit()
    found = cache.find("housing-fund")
    assert found is not None
    assert (found.default_max_age, found.client_name.default) == (None, "新名")
    assert cache.find("other") is None
    with pytest.raises(InvalidMetadata):
        registration.update("housing-fund", {"redirect_uris": None})
    with pytest.raises(NotFound):
        registration.update("nobody", {})


def test_rotation_ends_the_old_secret_at_once(app: Flask) -> None:
    registration.create(web())
    new = registration.rotate_secret("housing-fund")
    db.session.commit()
    found = cache.find("housing-fund")
    assert found is not None
    assert found.check_client_secret(new)
    assert not found.check_client_secret(SECRET)
    assert new not in stored_text()
    assert ("relying_party.secret_rotated", "housing-fund") in audited()


def test_rotation_can_leave_time_to_tell_everybody(app: Flask) -> None:
    registration.create(web())
    new = registration.rotate_secret("housing-fund", keep_old=timedelta(hours=1))
    db.session.commit()
    found = cache.find("housing-fund")
    assert found is not None
    assert found.check_client_secret(SECRET)
    with clock.shifted(timedelta(hours=2)):
        assert not found.check_client_secret(SECRET)
        assert found.check_client_secret(new)


def test_what_uses_no_secret_has_none_to_rotate(app: Flask) -> None:
    registration.create(web(client_secret=None, token_endpoint_auth_method="none"))
    with pytest.raises(InvalidInput):
        registration.rotate_secret("housing-fund")
    with pytest.raises(NotFound):
        registration.rotate_secret("nobody")


def test_deleting_takes_it_from_everybody(app: Flask) -> None:
    registration.create(web())
    db.session.commit()
    assert cache.find("housing-fund") is not None
    registration.delete("housing-fund")
    db.session.commit()
    assert cache.find("housing-fund") is None
    assert audited()[-1] == ("relying_party.deleted", "housing-fund")
    with pytest.raises(NotFound):
        registration.delete("housing-fund")


def test_an_announcement_that_fails_undoes_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(channel: str, message: str) -> None:
        raise Unavailable("ephemeral_unavailable", retry_after=2)

    assert cache.find("housing-fund") is None
    monkeypatch.setattr(EPHEMERAL.get(), "publish", away)
    registration.create(web())
    db.session.commit()
    assert CACHE.get().find("housing-fund") is not None


def test_rows_are_listed_page_by_page(app: Flask) -> None:
    for name in ("c", "a", "b"):
        registration.create(web(client_id=name))
    first = relying_party_row.page(limit=2)
    assert [row.client_id for row in first] == ["a", "b"]
    assert [row.client_id for row in relying_party_row.page(after="b")] == ["c"]


def test_a_row_refuses_to_hold_a_secret(app: Flask) -> None:
    with pytest.raises(ValueError, match="digests"):
        relying_party_row.RelyingPartyRow(client_id="a", given={"client_secret": SECRET})


def test_reading_follows_the_mode(app: Flask) -> None:
    assert isinstance(registration.read(web(redirect_uris=["http://localhost:1/cb"])), metadata.Metadata)
