"""Whose account an identity HMAC stands for: nobody is joined to somebody else's."""

import base64
from uuid import uuid4

from sqlalchemy import select

from idp.accounts import account as accounts
from idp.accounts import identity
from idp.db import commit, db
from idp.proofing import evidence, identity_takeover
from idp.proofing.case_row import ProofingCase
from idp.recognition import home, join_key, recognised_identity
from idp.sessions.session import Session
from tests.person import Person
from tests.recognition.arriving import P2, P3, account_by, arrive, go_home, number
from tests.recognition.hostile import Hostile
from tests.recognition.provinces import Provinces
from tests.recognition.traveller import Traveller


def proven(person: Person, provinces: Provinces) -> list[dict[str, str]]:
    """What an honest province says of the holder of the same number."""
    with provinces.here.context():
        return join_key.to_claim(recognised_identity.values_of(accounts.get(person.id)))


def test_whose_number_was_taken_back_by_its_owner_is_met_no_more_by_it(
    provinces: Provinces, traveller: Traveller, hostile: Hostile
) -> None:
    """A thief typed the number first; the owner proved it better, and comes from home: not into the thief's account."""
    shared = number()
    thief, owner = provinces.here.person(shared, P2), provinces.here.person("", ("phone",))
    provinces.here.work()
    hostile.about = {"sub": "owner", "identity_join_keys": proven(thief, provinces)}
    hostile.claims = {"sub": "owner"}
    assert arrive(provinces, traveller, hostile).account_id == thief.id
    with provinces.here.context():
        held = identity.parse("citizen_id", shared)
        case = ProofingCase(id=uuid4(), verifier="counter")
        assert identity_takeover.take(accounts.get(owner.id), case, held)
        identity.bind(accounts.get(owner.id), held, name="王真")
        evidence.add(accounts.get(owner.id), "counter", source="test")
        commit()
    provinces.here.work()
    with provinces.here.context():
        assert home.of_account(thief.id) == [], "it was the number that joined them"
    for acr in ("urn:anhui:low", "urn:anhui:high"):
        hostile.claims["acr"] = acr
        other = Traveller()
        session = arrive(provinces, other, hostile)
        other.close()
        assert session.account_id != thief.id
    assert session.account_id == owner.id


def test_a_subject_that_becomes_another_person_joins_no_two(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, known_here: Person
) -> None:
    """Another number under the subject of somebody known here: neither let in as them, nor kept as theirs."""
    arrive(provinces, traveller, hostile)
    stranger = base64.urlsafe_b64encode(b"s" * 32).decode().rstrip("=")
    hostile.about["identity_join_keys"][0]["value"] = stranger
    other = Traveller()
    other.go(f"{provinces.here.issuer}/login/province")
    other.send("province-340000", follow=False)
    other.go(hostile.callback())
    assert other.response.status_code == 400
    assert "could not be confirmed" in other.text
    other.close()
    with provinces.here.context():
        found = db.session.scalars(
            select(recognised_identity.RecognisedIdentity).where(
                recognised_identity.RecognisedIdentity.digest == b"s" * 32
            )
        ).all()
        assert found == []


def test_no_province_moves_the_people_of_another(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, known_here: Person
) -> None:
    """Anhui says first that its subject is a visitor of Jiangsu, then that it is somebody known here."""
    at_home = provinces.there.person(number(), P3, totp=True)
    go_home(traveller, provinces, "/login")
    traveller.log_in(at_home)
    traveller.agree()
    visitor = account_by(provinces, at_home)
    known = hostile.about["identity_join_keys"]
    with provinces.there.context():
        values = recognised_identity.values_of(accounts.get(at_home.id))
    for told, account_id in ((join_key.to_claim(values), visitor.id), (known, known_here.id)):
        hostile.about["identity_join_keys"] = told
        other = Traveller()
        assert arrive(provinces, other, hostile).account_id == account_id
        other.close()
    with provinces.here.context():
        assert [one.issuer for one in home.of_account(visitor.id)] == [provinces.there.issuer]
        assert [one.issuer for one in home.of_account(known_here.id)] == [hostile.issuer]
        assert accounts.get(visitor.id).closes_at is None
        assert home.is_visiting(visitor.id)


def test_a_visitor_with_a_new_document_is_known_by_the_new_one_alone(
    provinces: Provinces, traveller: Traveller, hostile: Hostile, known_here: Person
) -> None:
    epoch = hostile.about["identity_join_keys"][0]["epoch"]

    def told(letter: bytes) -> Session:
        text = base64.urlsafe_b64encode(letter * 32).decode().rstrip("=")
        hostile.about = {"sub": "renewed", "identity_join_keys": [{"epoch": epoch, "value": text}]}
        hostile.claims = {"sub": "renewed"}
        browser = Traveller()
        try:
            return arrive(provinces, browser, hostile)
        finally:
            browser.close()

    first, again = told(b"1"), told(b"2")
    assert first.account_id == again.account_id != known_here.id
    with provinces.here.context():
        mine = recognised_identity.RecognisedIdentity.account_id == first.account_id
        rows = db.session.scalars(select(recognised_identity.RecognisedIdentity).where(mine)).all()
        assert [row.digest for row in rows] == [b"2" * 32]
