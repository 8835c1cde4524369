"""What the two pages of assisted sessions share: who may assist, and the services there are for it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.assurance import acr
from idp.console import entrance
from idp.errors import IdpError, NotFound
from idp.mandates import assisted, item
from idp.mandates.assisted_case import AssistedCase
from idp.operators.rights import Act
from idp.relying_parties import asking_site, cache, relying_party_row
from idp.settings import SETTINGS

ASSISTED = "/assisted"
MOST_SERVICES = 50
MOST_LOOKED_AT = 1000
PAGE = 100


@dataclass(frozen=True)
class Service:
    """One item of one site, as a clerk chooses it."""

    client_id: str
    item: str
    site_name: str
    item_name: str

    @property
    def value(self) -> str:
        """What stands for it in the form."""
        return f"{self.client_id} {self.item}"


def require() -> BaseResponse | None:
    """Let agency clerks pass who came in as the console asks; send others to step up, or refuse."""
    away = entrance.require()
    if away is None:
        entrance.check(Act.ASSIST)
    return away


def services() -> list[Service]:
    """Return what sites of the clerk's division, and of those above it, offer by item."""
    path, locale = set(entrance.current_official().post.path), str(get_locale())
    found: list[Service] = []
    after = ""
    for _start in range(0, MOST_LOOKED_AT, PAGE):
        rows = relying_party_row.page(after, PAGE)
        for row in rows:
            site = cache.find(row.client_id)
            if site is not None and site.division_code in path:
                name = asking_site.of(site, locale).name
                found += [
                    Service(site.client_id, code, name, item.name_of(code, locale))
                    for code in site.item_codes
                ]
        if len(rows) < PAGE or len(found) >= MOST_SERVICES:
            break
        after = rows[-1].client_id
    return found[:MOST_SERVICES]


def get_case(case_id: str) -> AssistedCase:
    """Return the clerk's case that something can be done with; NotFound, Expired."""
    try:
        return assisted.get_open_text(case_id, signed_in.current().session.id)
    except NotFound as error:
        raise NotFound("not_found", detail=error.detail) from error


def item_name(case: AssistedCase) -> str:
    """Return the item's name for the clerk."""
    return item.name_of(case.item, str(get_locale()))


def site_name(case: AssistedCase) -> str:
    """Return the site's name for the clerk."""
    site = cache.find(case.client_id)
    return asking_site.of(site, str(get_locale())).name if site else case.client_id


def start_url(case: AssistedCase) -> str | None:
    """Return where the service begins a login that asks for an assisted session; None when it says no address."""
    site = cache.find(case.client_id)
    address = site.initiate_login_uri if site else ""
    query = urlencode({"iss": SETTINGS.get().issuer, "acr": acr.ASSISTED})
    return f"{address}?{query}" if address else None


def errors(error: IdpError, field: str | None = None) -> dict[str, str]:
    """Return the form's errors: field (empty: the whole form) and a sentence."""
    name = error.field if field is None else field
    if error.code == "too_many_requests":
        minutes = -(-(error.retry_after or 60) // 60)
        return {name: _("Too many tries. Wait %(minutes)s minutes and try again", minutes=minutes)}
    if error.code.startswith("sms_"):
        return {name: _("The message could not be sent. Try again in a minute")}
    return {name: _(str(error.message))}
