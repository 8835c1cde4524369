"""A province that the anchor strikes off: what rested on its word ends, `idp.tokens.struck_off_province`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from idp import clock
from idp.accounts import account as accounts
from idp.db import commit, db
from idp.pages.timeline_entry import NOT_ME
from idp.proofing import evidence
from idp.recognition import member, recognised_session, tables
from idp.sessions.session import Session
from idp.tokens import grant, struck_off_province
from idp.tokens.grant import Grant
from idp.uuid7 import uuid7
from tests.recognition.arriving import arrive
from tests.recognition.hostile import Hostile
from tests.recognition.provinces import Provinces
from tests.recognition.traveller import Traveller


@pytest.fixture
def struck_off(provinces: Provinces, hostile: Hostile) -> Iterator[None]:
    """Anhui is not in the anchor's table, until the test ends."""
    with provinces.here.context():
        row = member.find(provinces.anchor, hostile.issuer)
        assert row is not None
        kept = {"division_code": row.division_code, "names": row.names, "levels": row.levels}
        member.remove(provinces.anchor, hostile.issuer)
        commit()
        tables.TABLES.get().forget()
    yield
    with provinces.here.context():
        member.put(provinces.anchor, hostile.issuer, **kept)  # type: ignore[arg-type] # as they were
        commit()
        tables.TABLES.get().forget()


@pytest.fixture
def visit(provinces: Provinces, traveller: Traveller, hostile: Hostile) -> Session:
    """A visitor of Anhui who was recognised at a high level."""
    hostile.about = {"sub": "visitor-of-anhui"}
    hostile.claims = {"sub": "visitor-of-anhui", "acr": "urn:anhui:high"}
    return arrive(provinces, traveller, hostile)


def is_live(provinces: Provinces, session: Session) -> bool:
    with provinces.here.context():
        found = db.session.get(Session, session.id)
        return found is not None and found.is_live(clock.now())


def words(provinces: Provinces, session: Session) -> set[str]:
    with provinces.here.context():
        codes = evidence.valid_codes(accounts.get(session.account_id), clock.now())
    return {code for code in codes if code.startswith("recognised_")}


def test_while_the_province_is_listed_nothing_ends(provinces: Provinces, visit: Session) -> None:
    with provinces.here.context():
        struck_off_province.run()
    assert is_live(provinces, visit)
    assert words(provinces, visit)


def test_what_rested_on_its_word_ends(provinces: Provinces, visit: Session, struck_off: None) -> None:
    with provinces.here.context():
        struck_off_province.run()
        assert recognised_session.find(visit.id) is None
    assert not is_live(provinces, visit)
    assert not words(provinces, visit)


def test_offline_access_that_was_given_on_its_word_ends_too(
    provinces: Provinces, visit: Session, struck_off: None
) -> None:
    now = clock.now()
    with provinces.here.context():
        given = Grant(
            id=uuid7(),
            account_id=visit.account_id,
            client_id="county",
            session_id=visit.id,
            bound=False,
            sub="x",
            scope="openid offline_access",
            items=[],
            asked={},
            methods=[],
            auth_time=now,
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        db.session.add(given)
        commit()
        assert grant.find_holding(given.id) is not None
        commit()
        struck_off_province.run()
        assert grant.find_holding(given.id) is None


def test_what_failed_in_the_middle_is_done_the_next_time(
    provinces: Provinces, visit: Session, struck_off: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_anything: object) -> None:
        raise OperationalError("UPDATE", {}, ConnectionRefusedError())

    with provinces.here.context():
        for place, name in ((recognised_session, "forget"), (evidence, "revoke_word")):
            with monkeypatch.context() as patched:
                patched.setattr(place, name, fails)
                with pytest.raises(OperationalError):
                    struck_off_province.run()
                db.session.rollback()
        struck_off_province.run()
    assert not is_live(provinces, visit)
    assert not words(provinces, visit)


def test_its_word_ends_although_the_session_rests_on_another_province_now(
    provinces: Provinces, visit: Session, struck_off: None
) -> None:
    with provinces.here.context():
        recognised_session.note(
            visit.id, visit.account_id, issuer=provinces.there.issuer, subject="x", sid="", id_token="x"
        )
        commit()
        struck_off_province.run()
    assert is_live(provinces, visit)
    assert not words(provinces, visit)


def test_another_provider_in_its_place_gives_nothing_back(
    provinces: Provinces, visit: Session, struck_off: None
) -> None:
    """A province whose provider was broken into gets a new one: the word of the one before counts no more."""
    with provinces.here.context():
        new = f"{provinces.here.issuer}/authorities/anhui-anew"
        member.put(provinces.anchor, new, division_code="340000", names={"zh-Hans": "安徽省"}, levels={})
        commit()
        tables.TABLES.get().forget()
        known = tables.find()
        assert known is not None
        assert known.find_other(new) is not None
        struck_off_province.run()
        member.remove(provinces.anchor, new)
        commit()
    assert not is_live(provinces, visit)
    assert not words(provinces, visit)


def test_the_session_after_this_was_not_me_rests_on_the_same_word(
    provinces: Provinces, visit: Session, traveller: Traveller, struck_off: None
) -> None:
    traveller.go(f"{provinces.here.issuer}{NOT_ME}")
    traveller.send("not-me-confirm")
    traveller.go(f"{provinces.here.issuer}/account")
    assert traveller.is_at("/account")
    with provinces.here.context():
        struck_off_province.run()
    traveller.go(f"{provinces.here.issuer}/account")
    assert traveller.is_at("/login")


def test_while_the_first_anchor_is_silent_nobody_is_struck_off_by_another(
    provinces: Provinces, visit: Session, struck_off: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with provinces.here.context():
        known = tables.find()
        assert known is not None
        monkeypatch.setattr(tables, "find", lambda: replace(known, is_certain=False))
        struck_off_province.run()
    assert is_live(provinces, visit)


def test_silence_takes_nothing_back(
    provinces: Provinces, visit: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with provinces.here.context():
        monkeypatch.setattr(tables, "find", lambda: None)
        struck_off_province.run()
    assert is_live(provinces, visit)
    assert words(provinces, visit)
