"""A province that the anchor strikes off: what rested on its word ends, `idp.tokens.struck_off_province`."""

from collections.abc import Iterator

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.db import commit, db
from idp.proofing import evidence
from idp.recognition import member, recognised_session, tables
from idp.sessions.session import Session
from idp.tokens import struck_off_province
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


def test_silence_takes_nothing_back(
    provinces: Provinces, visit: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with provinces.here.context():
        monkeypatch.setattr(tables, "find", lambda: None)
        struck_off_province.run()
    assert is_live(provinces, visit)
    assert words(provinces, visit)
