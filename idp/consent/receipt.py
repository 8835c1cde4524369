"""A consent receipt: what one event of a consent record says, as it is given to the person to keep. Pure.

Read once from the event's document (`idp.consent.event`), then written down after a standard: `receipt_27560`,
`receipt_kantara`. What the event does not say is left out, never made up. Holds the pairwise subject, no name.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

# Events of which there are receipts: what released something, and what took it back.
NOTICE, GIVEN, RENEWED, SEPARATE_GIVEN, WITHDRAWN = (
    "notice",
    "given",
    "renewed",
    "separate_given",
    "withdrawn",
)
STATUTORY_DUTY = "statutory_duty"
CONTROLLER, RECIPIENT = "controller", "recipient"
SELF = "self"
UNNAMED = "-"


@dataclass(frozen=True)
class Party:
    """Somebody with a part in it: principal, controller, recipient, provider, or who acted for the principal."""

    id: str
    role: str
    name: str = ""
    division_code: str = ""


@dataclass(frozen=True)
class Item:
    """One kind of data: on which basis it is given, and under which identifier."""

    name: str
    attribute_id: str
    required: bool
    sensitive: bool
    legal_basis: str
    purpose: str = ""


@dataclass(frozen=True)
class Purpose:
    """What for: the code and name of an item of service, and the sentence that was shown."""

    code: str
    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened, at which level, and its place in the chain of the record."""

    id: UUID
    record_id: UUID
    number: int
    name: str
    at: datetime
    acr: str
    chain_hash: str


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Everything a standard may ask for. ``actor`` is self, guardian, agent or assisted.

    ``kept``: agreed to earlier, not asked about again, and allowed on.
    """

    event: Event
    issuer: str
    principal: str
    actor: str
    actor_sub: str
    mandate_id: str
    language: str
    notice_uri: str
    notice_version: str
    policy_digest: str
    notice_digest: str
    purposes: tuple[Purpose, ...]
    items: tuple[Item, ...]
    left_out: tuple[str, ...]
    kept: tuple[str, ...]
    separate: tuple[str, ...]
    parties: tuple[Party, ...]
    storage_location: str
    retention: str
    jurisdiction: str
    withdrawal_method: str
    expires_at: datetime | None

    @property
    def purpose(self) -> str:
        """The purposes as one text, each sentence once."""
        return "; ".join(dict.fromkeys(one.text for one in self.purposes if one.text)) or UNNAMED

    @property
    def bases(self) -> tuple[str, ...]:
        """The legal bases of the items, each once."""
        return tuple(sorted({item.legal_basis for item in self.items}))

    @property
    def controller(self) -> Party:
        """Who answers for the data."""
        return self._party(CONTROLLER)

    @property
    def recipient(self) -> Party:
        """The service that receives them."""
        return self._party(RECIPIENT)

    @property
    def actor_id(self) -> str:
        """Who did it: the principal, or the subject of who acted; where nobody kept that, what they were."""
        return self.principal if self.actor == SELF else self.actor_sub or f"urn:tongxing:acting:{self.actor}"

    def items_on(self, basis: str) -> tuple[Item, ...]:
        """Return the items of one legal basis."""
        return tuple(item for item in self.items if item.legal_basis == basis)

    def _party(self, role: str) -> Party:
        return next((one for one in self.parties if one.role == role), Party("", role))


def of(
    document: Mapping[str, Any], event: Event, issuer: str, about: Collection[str] | None = None
) -> Receipt:
    """Return the receipt of *event* with the *document* of what was agreed; *about*: these of its items only."""
    notice, acting = document["notice"], document["acting"]
    shared = [one for one in document["items"] if one["allowed"] and (about is None or one["name"] in about)]
    controller, by_law = document["controller"], {one["legal_basis"] for one in shared} == {STATUTORY_DUTY}
    return Receipt(
        event=event,
        issuer=issuer,
        principal=document["sub"],
        actor=acting["kind"],
        actor_sub=acting["sub"] or "",
        mandate_id=acting["mandate_id"] or "",
        language=document["language"],
        notice_uri=notice["uri"],
        notice_version=notice["version"],
        policy_digest=notice["policy_digest"],
        notice_digest=notice["digest"],
        purposes=tuple(Purpose(one["code"], one["name"], one["text"]) for one in document["purposes"]),
        items=tuple(_item(one) for one in shared),
        # Who was only told was asked nothing.
        left_out=()
        if about is not None or event.name == NOTICE
        else _names(document["items"], allowed=False),
        kept=() if about is not None else tuple(document.get("kept_items", ())),
        separate=tuple(one["item"] for one in document["separate_consents"] if about is None),
        parties=tuple(_party(one, controller["division_code"]) for one in document["parties"]),
        storage_location=document["storage_location"],
        retention=document["retention"],
        jurisdiction=document["jurisdiction"],
        withdrawal_method=document["withdrawal_method"],
        # What the law asks does not run out.
        expires_at=None if by_law or about is not None else datetime.fromisoformat(document["expires_at"]),
    )


def has_document(document: Mapping[str, Any]) -> bool:
    """Whether it is everything that was agreed, not only a list of items."""
    return "purposes" in document


def _names(items: Iterable[Mapping[str, Any]], *, allowed: bool) -> tuple[str, ...]:
    return tuple(one["name"] for one in items if one["allowed"] is allowed)


def _item(one: Mapping[str, Any]) -> Item:
    return Item(
        name=one["name"],
        attribute_id=one["attribute"],
        required=one["required"],
        sensitive=one["sensitive"],
        legal_basis=one["legal_basis"],
        purpose=one["purpose"],
    )


def _party(one: Mapping[str, Any], division_code: str) -> Party:
    place = division_code if one["role"] == CONTROLLER else ""
    return Party(one["id"], one["role"], one.get("name", ""), place)
