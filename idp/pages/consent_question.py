"""What the consent page has to show: only what changed, each item by its name, and why the person is asked again."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.consent import consent_record, decision, document, event, lifetime
from idp.consent.decision import Asked, Decision, Given, Reason
from idp.consent.document import Scene
from idp.journey.journey import Journey
from idp.relying_parties import asking_site
from idp.relying_parties.relying_party import RelyingParty

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Question:
    """Who asks what about whom and why, what was decided before, and by whom it is said now."""

    journey: Journey
    rp: RelyingParty
    about: Account
    wanted: Asked
    made: Decision
    given: Given | None
    scene: Scene

    @property
    def reason(self) -> Reason:
        """Why the person is asked."""
        return self.made.reason or Reason.FIRST

    @property
    def known(self) -> frozenset[str]:
        """What stays allowed without being asked again: where only something is new."""
        changed = decision.difference(self.wanted, self.given)
        return changed.known_items if self.reason is Reason.NEW_ITEMS else NOTHING

    @property
    def open_items(self) -> frozenset[str]:
        """What stands on the page with a box."""
        return self.wanted.to_allow - self.known

    @property
    def refused(self) -> Asked:
        """What a no is a no to: what stands on the page, not what is shared already."""
        wanted, shown = self.wanted, self.open_items
        return replace(wanted, required=wanted.required & shown, optional=wanted.optional & shown)

    @property
    def rests(self) -> bool:
        """Whether it was refused a short while ago, and the person has not asked to see it again."""
        return self.made.refused_at is not None and not self.journey.asks_again


@dataclass(frozen=True)
class ItemShown:
    """One item with its box. Locked: the site cannot do without it, and it needs no act of its own."""

    name: str
    required: bool
    sensitive: bool
    checked: bool
    description: str | None

    @property
    def locked(self) -> bool:
        """Whether the box cannot be changed."""
        return self.required and not self.sensitive


def shown(question: Question, locale: str, ticked: frozenset[str] | None) -> dict[str, object]:
    """Return what the template shows; *ticked*: the boxes as they were sent, None for a fresh page."""
    rp, wanted, about = question.rp, question.wanted, question.about
    site = asking_site.of(rp, locale)
    changed = decision.difference(wanted, question.given)
    boxes = _ticked_at_first(question) if ticked is None else ticked
    return {
        "rp": site,
        "about_id": str(about.id),
        "seen": digest(question, locale),
        "account_name": accounts.name_of(about),
        "for_another": question.scene.acting.account_id is not None,
        "purpose": site.purpose,
        "reason": question.reason.value,
        "since": _since(question),
        "purpose_before": _purpose_before(question) if question.reason is Reason.NEW_PURPOSE else None,
        "items": [_item(name, question, locale, boxes) for name in _in_order(question.open_items, wanted)],
        "by_law": [(name, _purpose_of(name, rp, locale)) for name in sorted(wanted.by_law)],
        "known": sorted(question.known),
        "gone": sorted(changed.gone_items),
        "controller": site.organization or None,
        "vouched_by": asking_site.authority_of(rp, locale),
        "expires_at": lifetime.ends_at(about, clock.now()),
        "privacy_url": site.policy_uri,
    }


def digest(question: Question, locale: str) -> str:
    """Return what stands for all that the page shows: whoever agrees has seen exactly this (PIPL art. 14, 17)."""
    rp, wanted = question.rp, question.wanted
    return document.digest(
        {
            "site": asdict(asking_site.of(rp, locale)),
            "items": [
                {"name": name, "required": name in wanted.required, "text": _purpose_of(name, rp, locale)}
                for name in sorted(wanted.items)
            ],
            "asked": sorted(question.open_items),
            "by_law": sorted(wanted.by_law),
            "sensitive": sorted(wanted.sensitive),
            # The same page again is another question once it was answered: pressed twice, it counts once.
            "answered": str(question.given.given_at if question.given else None),
            "notice": [rp.policy_version, rp.policy_digest],
            "data": [rp.data_storage_location, rp.data_retention, rp.data_jurisdiction],
        }
    )


def _in_order(names: frozenset[str], wanted: Asked) -> list[str]:
    return sorted(names, key=lambda name: (name not in wanted.required, name in wanted.sensitive, name))


def _item(name: str, question: Question, locale: str, ticked: frozenset[str]) -> ItemShown:
    required, sensitive = name in question.wanted.required, name in question.wanted.sensitive
    return ItemShown(
        name=name,
        required=required,
        sensitive=sensitive,
        checked=(required and not sensitive) or name in ticked,
        description=_purpose_of(name, question.rp, locale) or None,
    )


def _ticked_at_first(question: Question) -> frozenset[str]:
    """Return the optional items that are ticked when the page opens: none that was declined, never a sensitive one."""
    return question.wanted.optional - question.wanted.sensitive - decision.declined(question.given)


def _purpose_of(name: str, rp: RelyingParty, locale: str) -> str:
    item = rp.find_item(name)
    return item.purpose.text(locale) if item else ""


def _since(question: Question) -> datetime | None:
    """Return the day that the reason speaks of."""
    row = consent_record.find_row(question.about.id, question.rp.client_id)
    if row is None:
        return None
    moments = {
        Reason.EXPIRED: row.given_at,
        Reason.WITHDRAWN: row.withdrawn_at,
        Reason.RE_VERIFIED: question.about.reverified_at,
        Reason.CAME_OF_AGE: row.of_age_at,
    }
    return moments.get(question.reason)


def _purpose_before(question: Question) -> str | None:
    row = consent_record.find_row(question.about.id, question.rp.client_id)
    if row is None or row.given_number is None:
        return None
    found = event.find(row.account_id, row.record_id, row.given_number)
    purposes = found.document.get("purposes") if found else None
    return purposes[0]["text"] if purposes else None
