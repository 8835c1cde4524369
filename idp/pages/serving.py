"""What the pages of connected services share: whose services they are about, and a record as it is shown.

A guardian, and whoever runs an enterprise, sees and takes back for the ward or the enterprise (``?for=<account>``):
logged in as strongly as the mandate asks, in all matters and not in some, and never for a child who consents alone.
A page's blueprint asks before each request: ``blueprint.before_request(serving.require)``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.assurance.policy import Act
from idp.consent import acting_party, event
from idp.consent.acting_party import ONESELF, ActingParty
from idp.consent.consent_record import HELD, ConsentRecord
from idp.consent.event import ConsentEvent
from idp.errors import NotFound
from idp.mandates import choosing
from idp.mandates.rules import ADMINISTRATOR, GUARDIAN, REPRESENTATIVE, WARD_GUARDIAN
from idp.relying_parties import asking_site, cache
from idp.relying_parties.asking_site import AskingSite

SERVICES = "/account/services"
GUARDIANS = (GUARDIAN, WARD_GUARDIAN)
RUNNERS = (REPRESENTATIVE, ADMINISTRATOR)


@dataclass(frozen=True)
class Whose:
    """Whose services the page is about, and who decides for them: ``acting`` is oneself for one's own.

    ``level`` is what the person's login must have for it.
    """

    account: Account
    acting: ActingParty
    level: int = 0

    @property
    def is_other(self) -> bool:
        """Whether it is not the person at the keyboard."""
        return self.acting.account_id is not None

    def url(self, path: str, **query: str) -> str:
        """Return *path* for the same account."""
        values = ({"for": str(self.account.id)} if self.is_other else {}) | query
        return f"{path}?{urlencode(values)}" if values else path


def require() -> BaseResponse | None:
    """Let pass who is signed in, for somebody else as strongly as the mandate asks; others log in or step up."""
    away = signed_in.require()
    if away is None and (about := whose()).is_other:
        away = signed_in.step_up(Act(level=about.level, max_age=None, cryptographic=False))
    return away


def whose() -> Whose:
    """Return whose services are asked for; NotFound for an account that the person does not answer for."""
    person, named = signed_in.current().account, request.args.get("for", "")
    if named in ("", str(person.id)):
        return Whose(person, ONESELF)
    found = next((one for one in others(person) if str(one.account.id) == named), None)
    if found is None:
        raise NotFound("not_found", detail=named[:40])
    return found


def others(person: Account) -> list[Whose]:
    """Return for whom else the person answers: children, wards, enterprises they run."""
    found = []
    for one in choosing.choices(person.id, (*GUARDIANS, *RUNNERS), (), clock.now()):
        if one.is_limited or one.through_id or not one.may_consent:
            continue
        kind = acting_party.GUARDIAN if one.role in GUARDIANS else acting_party.AGENT
        acting = ActingParty(kind, person.id, one.mandate_id)
        found.append(Whose(accounts.get(one.principal_id), acting, one.level))
    return found


def site_of(client_id: str) -> AskingSite:
    """Return how a service is shown; one that is not registered any more by its id."""
    rp = cache.find(client_id)
    if rp is not None:
        return asking_site.of(rp, str(get_locale()))
    return AskingSite(
        client_id=client_id,
        name=client_id,
        organization="",
        division_name=None,
        purpose="",
        client_uri=None,
        policy_uri=None,
    )


def row(record: ConsentRecord, about: Whose) -> dict[str, Any]:
    """Return a record as the list shows it."""
    now = clock.now()
    return {
        "client_id": record.client_id,
        "url": about.url(f"{SERVICES}/{quote(record.client_id, safe='')}"),
        "site": site_of(record.client_id),
        "state": record.state(now),
        "items": sorted(record.allowed_items(now)),
        "since": record.given_at,
        "until": record.expires_at if record.state(now) == HELD else None,
        "ended_at": record.withdrawn_at or record.expires_at,
    }


def held_items(record: ConsentRecord, events: Sequence[ConsentEvent]) -> list[dict[str, Any]]:
    """Return what is shared by consent now, required items first, each with what for and since when."""
    if record.state(clock.now()) != HELD:
        return []
    since = _since(events)
    return _described(record.client_id, record.items, since, record.given_at, _last_asked(events))


def items_by_law(record: ConsentRecord, events: Sequence[ConsentEvent]) -> list[dict[str, Any]]:
    """Return what is released because a law says so."""
    return _described(record.client_id, record.by_law, _since(events), record.given_at, _last_asked(events))


def _since(events: Sequence[ConsentEvent]) -> dict[str, datetime]:
    """Return since when each item has been shared without a break, from a record's events, oldest first."""
    since: dict[str, datetime] = {}
    for one in events:
        if one.name in (event.GIVEN, event.RENEWED, event.NOTICE):
            allowed = [item["name"] for item in _documented(one) if item["allowed"]]
            since = {name: since.get(name, one.at) for name in {*since, *allowed}}
        elif one.name in (event.WITHDRAWN, event.EXPIRED):
            since = {name: at for name, at in since.items() if name not in one.items}
    return since


def _last_asked(events: Sequence[ConsentEvent]) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for one in events for item in _documented(one)}


def _documented(one: ConsentEvent) -> list[dict[str, Any]]:
    return [item for item in one.document.get("items", ()) if isinstance(item, dict)]


def _described(
    client_id: str,
    names: Sequence[str],
    since: dict[str, datetime],
    given_at: datetime,
    asked: dict[str, dict[str, Any]],
) -> list[dict[str, Any]]:
    rp, locale = cache.find(client_id), str(get_locale())
    found = []
    for name in names:
        registered, said = rp.find_item(name) if rp else None, asked.get(name, {})
        found.append(
            {
                "name": name,
                "purpose": registered.purpose.text(locale) if registered else said.get("purpose", ""),
                "required": bool(said.get("required")),
                "sensitive": bool(said.get("sensitive")),
                "since": since.get(name, given_at),
            }
        )
    return sorted(found, key=lambda one: (not one["required"], one["name"]))
