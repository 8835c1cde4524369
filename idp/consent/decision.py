"""Whether to ask for consent, and what may be released. Pure: values in, values out.

On a statutory basis nothing is asked (PIPL art. 13, 35); otherwise a person is asked again only for a reason:
something new, expired, withdrawn, surely another person, come of age, or the relying party insists (OIDC Core
§3.1.2.1 prompt=consent). The basis is a matter of each item: one relying party may have both kinds.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

STATUTORY_DUTY = "statutory_duty"
NOTHING: frozenset[str] = frozenset()


class Reason(Enum):
    """Why a person is asked."""

    FIRST = "first"
    NEW_ITEMS = "new_items"
    NEW_PURPOSE = "new_purpose"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RE_VERIFIED = "re_verified"
    CAME_OF_AGE = "came_of_age"
    INSISTED = "insisted"


@dataclass(frozen=True)
class Asked:
    """What a relying party asks for in one authorization request.

    ``by_law`` are those of its items that are released by statutory duty, ``sensitive`` those of which each is an
    act of its own (PIPL art. 29). ``legal_basis`` is that of the relying party as a whole.
    """

    required: frozenset[str]
    optional: frozenset[str]
    purpose: str
    legal_basis: str
    insisted: bool = False
    by_law: frozenset[str] = NOTHING
    sensitive: frozenset[str] = NOTHING

    @property
    def items(self) -> frozenset[str]:
        """Everything asked for."""
        return self.required | self.optional

    @property
    def to_allow(self) -> frozenset[str]:
        """What only the person can allow."""
        return self.items - self.by_law


@dataclass(frozen=True)
class Given:
    """What was decided before. ``seen`` are the items that were on the page, ``items`` those allowed.

    ``withheld``: withdrawn by the person as a whole, ``withheld_items``: in parts, so that nobody who acts for them
    can give it again. ``by_law``: noted as released by statutory duty, nobody was asked;
    it counts as told until ``by_law_until``. ``was_given``: anything was
    ever allowed; else it was only refused, or only noted. ``of_age_at``: the birthday from which on the person
    decides anew. ``refused_at``: when the person last said no, and to what.
    """

    items: frozenset[str]
    seen: frozenset[str]
    purpose: str
    expires_at: datetime
    withdrawn: bool
    withheld: bool = False
    by_law: frozenset[str] = NOTHING
    by_law_until: datetime | None = None
    was_given: bool = True
    given_at: datetime | None = None
    of_age_at: datetime | None = None
    withheld_items: frozenset[str] = NOTHING
    refused_at: datetime | None = None
    refused_items: frozenset[str] = NOTHING
    policy_version: str = ""

    def holding(self, now: datetime) -> frozenset[str]:
        """Return the items that consent still covers."""
        holds = self.was_given and not self.withdrawn and now < self.expires_at
        return self.items if holds else NOTHING


@dataclass(frozen=True)
class Decision:
    """Ask for ``reason``, or release ``items`` without asking (reason None).

    ``refused_at``: this was refused a short while ago, so only the person starts the question again.
    """

    reason: Reason | None
    items: frozenset[str]
    refused_at: datetime | None = None


@dataclass(frozen=True)
class Difference:
    """What changed since the person last allowed something: ``new_items`` are open, ``known_items`` allowed already.

    ``gone_items`` were allowed and are not asked for now.
    """

    new_items: frozenset[str]
    known_items: frozenset[str]
    gone_items: frozenset[str]
    new_purpose: bool


def decide(
    asked: Asked,
    given: Given | None,
    now: datetime,
    *,
    reverified_at: datetime | None = None,
    rest: timedelta = timedelta(0),
) -> Decision:
    """Decide whether to ask; when not, which of the asked items may be released.

    *reverified_at*: since when it is surely this person again. *rest*: how long a refusal is not asked about again.
    """
    if not asked.to_allow and (asked.by_law or asked.legal_basis == STATUTORY_DUTY):
        return Decision(None, asked.items)
    reason = _reason(asked, given, now, reverified_at)
    if reason is not None or given is None:
        return Decision(reason, NOTHING, _rests(asked, given, now, rest))
    return Decision(None, asked.by_law | (asked.to_allow & given.items))


def _reason(
    asked: Asked, given: Given | None, now: datetime, reverified_at: datetime | None
) -> Reason | None:
    if asked.insisted:
        return Reason.INSISTED
    if given is None or not given.was_given:
        return Reason.FIRST
    if not asked.to_allow:
        return Reason.FIRST if given.withdrawn else None
    if given.withdrawn:
        return Reason.WITHDRAWN
    if given.expires_at <= now:
        came_of_age = given.of_age_at is not None and given.of_age_at <= now
        return Reason.CAME_OF_AGE if came_of_age else Reason.EXPIRED
    if reverified_at is not None and given.given_at is not None and given.given_at < reverified_at:
        return Reason.RE_VERIFIED
    if given.purpose != asked.purpose:
        return Reason.NEW_PURPOSE
    if open_items(asked, given):
        return Reason.NEW_ITEMS
    return None


def _rests(asked: Asked, given: Given | None, now: datetime, rest: timedelta) -> datetime | None:
    if given is None or given.refused_at is None or now >= given.refused_at + rest:
        return None
    same = asked.to_allow & given.refused_items or not asked.to_allow
    return given.refused_at if same else None


def open_items(asked: Asked, given: Given) -> frozenset[str]:
    """Return what nobody has decided yet of what is asked: never allowed though needed, or never on the page."""
    needed = asked.required - asked.by_law
    return (needed - given.items) | (asked.to_allow - given.seen)


def difference(asked: Asked, given: Given | None) -> Difference:
    """Return what the page has to show of *asked*; everything is new where nothing counts any more."""
    if given is None or not given.was_given or given.withdrawn:
        return Difference(asked.to_allow, NOTHING, NOTHING, new_purpose=False)
    new = open_items(asked, given)
    return Difference(
        new_items=new,
        known_items=(asked.to_allow & given.items) - new,
        gone_items=given.items - asked.items,
        new_purpose=given.purpose != asked.purpose,
    )


def declined(given: Given | None) -> frozenset[str]:
    """Return what the person said no to before: refused, taken back, or left out. No box of it is ticked for them."""
    if given is None:
        return NOTHING
    taken_back = given.withheld_items | (given.items if given.withdrawn else NOTHING)
    return given.refused_items | taken_back | (given.seen - given.items)


def without_withheld(asked: Asked, given: Given | None) -> Asked:
    """Return *asked* without the optional items that the person withdrew: whoever acts for them is not asked."""
    if given is None or not given.withheld_items:
        return asked
    return replace(asked, optional=asked.optional - (given.withheld_items - asked.by_law))


def is_withheld(asked: Asked, given: Given | None) -> bool:
    """Whether only the person can answer: they withdrew it as a whole, or what the site cannot do without."""
    if given is None:
        return False
    return given.withheld or bool(given.withheld_items & (asked.required - asked.by_law))


def unticked_acts(asked: Asked, ticked: Collection[str], known: frozenset[str] = NOTHING) -> frozenset[str]:
    """Return the required sensitive items that were not ticked: each is an act of its own (PIPL art. 29)."""
    return ((asked.required & asked.sensitive) - asked.by_law) - known - frozenset(ticked)


def allowed(asked: Asked, ticked: Collection[str], known: frozenset[str] = NOTHING) -> frozenset[str]:
    """Return what an agreement with these boxes *ticked* allows beside what is *known* to be allowed.

    All required items but the sensitive ones nobody ticked, and no item never asked for.
    """
    chosen = asked.optional & (frozenset(ticked) | known)
    return (asked.required - unticked_acts(asked, ticked, known)) | chosen | asked.by_law


def purpose_digest(purpose: str) -> str:
    """Return what stands for a purpose's text: another text is another purpose."""
    return hashlib.sha256(purpose.encode()).hexdigest()
