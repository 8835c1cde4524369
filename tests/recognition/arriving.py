"""Coming from another province, step by step, for the tests of who somebody is here."""

from sqlalchemy import select

from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.db import db
from idp.identifiers import mod_11_2
from idp.recognition import home
from idp.sessions.session import Session
from tests.person import Person
from tests.recognition.hostile import Hostile
from tests.recognition.provinces import Provinces
from tests.recognition.traveller import Traveller

P2, P3 = ("phone", "register"), ("phone", "register", "operator3", "bank4")
_serial = iter(range(100, 1000))


def number() -> str:
    """An identity number nobody else has."""
    digits = f"32010619800101{next(_serial)}"
    return digits + mod_11_2.character(digits)


def go_home(traveller: Traveller, provinces: Provinces, url: str) -> None:
    """Come to the login page here, and choose Jiangsu."""
    traveller.go(provinces.here.issuer + url)
    assert traveller.is_at("/login"), traveller.url
    link = next(part for part in traveller.response.text.split('"') if part.startswith("/login/province"))
    traveller.go(provinces.here.issuer + link.replace("&amp;", "&"))
    traveller.send("province-320000")


def account_by(provinces: Provinces, person: Person) -> Account:
    """The account here of a person of Jiangsu."""
    with provinces.here.context():
        wanted = select(Account).join(home.Home, home.Home.account_id == Account.id)
        found = [one for one in db.session.scalars(wanted) if accounts.name_of(one) == person.name]
        assert len(found) == 1
        return found[0]


def arrive(provinces: Provinces, traveller: Traveller, hostile: Hostile) -> Session:
    """Come back from Anhui; return the session that began."""
    traveller.go(f"{provinces.here.issuer}/login/province")
    traveller.send("province-340000", follow=False)
    traveller.go(hostile.callback())
    assert traveller.is_at("/account"), traveller.text
    with provinces.here.context():
        newest = db.session.scalars(select(Session).order_by(Session.id.desc()).limit(1)).one()
        db.session.expunge(newest)
        return newest
