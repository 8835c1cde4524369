"""People of the tests who give and take mandates: proven, with an app, logged in; and an enterprise."""

from dataclasses import dataclass
from uuid import UUID

from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import represented
from idp.accounts.account import ENTERPRISE
from idp.db import commit
from idp.identifiers import citizen_id
from idp.mandates import mandate, representation
from idp.proofing import evidence
from tests.person import Person, Visitor
from tests.provider import Provider


@dataclass
class Actor:
    """A person and the browser they sit at."""

    person: Person
    browser: Visitor

    @property
    def id(self) -> UUID:
        """The person's account."""
        return self.person.id


def proven(
    provider: Provider, name: str, *, codes: tuple[str, ...] = ("chip",), enters: bool = True
) -> Actor:
    """Make a citizen with that evidence who has just logged in with two factors."""
    person = provider.person(totp=True, name=name)
    with provider.context():
        for code in codes:
            evidence.add(accounts.get(person.id), code, source="test")
        commit()
    browser = Visitor(provider.app, provider.settings.issuer, language="en")
    if enters:
        browser.go("/login")
        browser.log_in(person)
    return Actor(person, browser)


def citizen(provider: Provider, name: str, number: str) -> Actor:
    """Somebody proven whom the registers know by that identity number."""
    actor = proven(provider, name)
    with provider.context():
        account = accounts.get(actor.id)
        identities.bind(account, identities.parse(citizen_id.TYPE, number), name=name)
        commit()
    return actor


def enterprise_of(provider: Provider, actor: Actor, name: str = "杭州示例科技有限公司") -> UUID:
    """Make an enterprise that *actor* represents."""
    with provider.context():
        account = represented.create(ENTERPRISE, name)
        evidence.add(account, "enterprise_register", source="test")
        representation.install(account, accounts.get(actor.id))
        commit()
        return account.id


def status_of(provider: Provider, mandate_id: str) -> tuple[str, str | None]:
    """Return the mandate's status and why it ended."""
    with provider.context():
        found = mandate.find_text(mandate_id)
        assert found
        return found.status, found.end_reason


def said(visitor: Visitor) -> str:
    """All that the open page says."""
    return " ".join("".join(visitor.page.texts).split())


def send_directly(visitor: Visitor, path: str, **values: str) -> int:
    """Send a form that was never opened, with a right token; return the status."""
    visitor.go("/account/mandates/new")
    token = next(value for name, value in visitor.page.forms[0].values if name == "csrf_token")
    visitor.response = visitor.client.post(
        path, base_url=visitor.issuer, data={"csrf_token": token, **values}, headers=visitor.headers
    )
    return visitor.response.status_code
