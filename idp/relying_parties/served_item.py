"""Who serves an item 事项 in a division: the index behind level routing and the services page (domain §6).

Nobody must know which level runs a service: what the county does not serve, its city does, then its province, then
whoever serves the whole country. An index beside the registrations, written in the same transaction: one row for each
item of a relying party. A relying party without a division serves everywhere; one without an address that a person
could open stands in no list.
"""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Select, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.db import Json, Model, UtcDateTime, db, upsert
from idp.divisions import tree
from idp.mandates import item
from idp.relying_parties.localized import Localized
from idp.relying_parties.relying_party import RelyingParty

EVERYWHERE = ""
MOST_WORDS = 6
LONGEST_SOUGHT = 2000


class ServedItem(Model):
    """One item that one relying party serves in one division, and all that a page needs to send somebody there.

    ``starts_login``: the address begins a login (OpenID Connect Core §4); else it is only the service's own page.
    ``sought`` is what a search looks into. Who came first is asked first: ``since``.
    """

    __tablename__ = "served_items"

    item_code: Mapped[str] = mapped_column(String(64), primary_key=True)
    division_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    address: Mapped[str] = mapped_column(String(2000))
    starts_login: Mapped[bool] = mapped_column(Boolean)
    client_name: Mapped[dict[str, str]] = mapped_column(Json)
    organization_name: Mapped[dict[str, str]] = mapped_column(Json)
    sought: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_served_items_division_code_item_code", "division_code", "item_code"),
        Index("ix_served_items_client_id", "client_id"),
    )

    def name(self, locale: str) -> str:
        """Return what the service is called in that language."""
        return _localized(self.client_name).text(locale)

    def organization(self, locale: str) -> str:
        """Return who runs it."""
        return _localized(self.organization_name).text(locale)


@dataclass(frozen=True)
class Offer:
    """What one relying party serves, and where."""

    client_id: str
    division_code: str
    item_codes: tuple[str, ...]
    client_name: Localized
    organization_name: Localized
    initiate_login_uri: str
    client_uri: str


def put(rp: RelyingParty) -> None:
    """Bring the index up to date with a relying party that is registered and may be used."""
    place(
        Offer(
            client_id=rp.client_id,
            division_code=rp.division_code,
            item_codes=rp.item_codes,
            client_name=rp.client_name,
            organization_name=rp.organization_name,
            initiate_login_uri=rp.initiate_login_uri,
            client_uri=rp.client_uri.text("zh_Hans"),
        )
    )


def place(offer: Offer) -> None:
    """Write what somebody serves in place of what stood there before; the same again changes nothing."""
    wanted = set(offer.item_codes) if offer.initiate_login_uri or offer.client_uri else set[str]()
    rows = db.session.scalars(select(ServedItem).where(ServedItem.client_id == offer.client_id)).all()
    for row in rows:
        if row.item_code not in wanted or row.division_code != offer.division_code:
            db.session.delete(row)
    db.session.flush()
    standing = {row.item_code: row for row in rows if row.division_code == offer.division_code}
    for code in sorted(wanted):
        values = _values(offer, code)
        known = standing.get(code)
        if known is None:
            key = {"item_code": code, "division_code": offer.division_code, "client_id": offer.client_id}
            upsert(ServedItem, key, values, once={"since": clock.now()})
        else:
            for name, value in values.items():
                setattr(known, name, value)
    db.session.flush()


def remove(client_id: str) -> None:
    """Take somebody who serves nothing any more out of the index."""
    db.session.execute(delete(ServedItem).where(ServedItem.client_id == client_id))


def places_of(client_id: str) -> set[str]:
    """Return the divisions in which somebody serves anything, `EVERYWHERE` among them."""
    query = select(ServedItem.division_code).where(ServedItem.client_id == client_id)
    return set(db.session.scalars(query.distinct()))


def reach(division_code: str) -> tuple[str, ...]:
    """Return where a service for that division may lie: there, above it, or everywhere; the nearest first."""
    above = tuple(one.code for one in reversed(tree.path(division_code)))
    return (*(above or ((division_code,) if division_code else ())), EVERYWHERE)


def find(item_code: str, division_code: str) -> ServedItem | None:
    """Return who serves the item for that division, or None."""
    return next(iter(candidates(item_code, division_code)), None)


def candidates(item_code: str, division_code: str) -> list[ServedItem]:
    """Return everybody who serves the item for that division, the nearest first, then who came first; one query."""
    places = reach(division_code)
    rows = db.session.scalars(
        select(ServedItem).where(ServedItem.item_code == item_code, ServedItem.division_code.in_(places))
    )
    return sorted(rows, key=lambda row: (places.index(row.division_code), row.since, row.client_id))


def offered(
    division_code: str,
    *,
    words: str = "",
    codes: Collection[str] | None = None,
    after: str = "",
    limit: int = 60,
) -> tuple[list[list[ServedItem]], str]:
    """Return what is served for a division: for each item who serves it, the nearest first, by item code.

    *words* must all be found in the names of item or service; *codes* are the only ones wanted. Beside the list: the
    code after which it goes on, empty at its end. Two queries, however much is served.
    """
    places = reach(division_code)
    wanted = _within(select(ServedItem.item_code), places, words).where(ServedItem.item_code > after)
    if codes is not None:
        wanted = wanted.where(ServedItem.item_code.in_(codes))
    wanted = wanted.group_by(ServedItem.item_code).order_by(ServedItem.item_code).limit(limit + 1)
    page = list(db.session.scalars(wanted))
    more = page[limit - 1] if len(page) > limit else ""
    rows = db.session.scalars(
        _within(select(ServedItem), places, words).where(ServedItem.item_code.in_(page[:limit]))
    )
    found: dict[str, list[ServedItem]] = {code: [] for code in page[:limit]}
    for row in sorted(rows, key=lambda row: (places.index(row.division_code), row.since, row.client_id)):
        found[row.item_code].append(row)
    return [served for served in found.values() if served], more


def sought_form(text: str) -> str:
    """Return *text* as a search compares it: width and case do not count."""
    return unicodedata.normalize("NFKC", text).casefold()


def _within(query: Select[Any], places: Sequence[str], words: str) -> Select[Any]:
    query = query.where(ServedItem.division_code.in_(places))
    for word in sought_form(words).split()[:MOST_WORDS]:
        query = query.where(ServedItem.sought.contains(word, autoescape=True))
    return query


def _values(offer: Offer, code: str) -> dict[str, Any]:
    known = item.find(code)
    names = [known.zh, known.en] if known else [code]
    for said in (offer.client_name, offer.organization_name):
        names += [said.default, *(text for _, text in said.tagged)]
    return {
        "address": offer.initiate_login_uri or offer.client_uri,
        "starts_login": bool(offer.initiate_login_uri),
        "client_name": _stored(offer.client_name),
        "organization_name": _stored(offer.organization_name),
        "sought": sought_form(" ".join(dict.fromkeys(names)))[:LONGEST_SOUGHT],
    }


def _stored(text: Localized) -> dict[str, str]:
    return {"": text.default, **dict(text.tagged)}


def _localized(stored: Mapping[str, str]) -> Localized:
    return Localized(stored.get("", ""), tuple((tag, text) for tag, text in stored.items() if tag))
