"""Everything that was agreed, as one document (domain §5): what an event of a record holds, and receipts are made of.

Without names of people: subjects are those the relying party knows, mandates are ids. Texts are as the page showed
them, in the language in which it was shown, so that years later nothing has to be looked up that may have changed.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.consent.acting_party import ONESELF, ActingParty
from idp.consent.consent_record import ConsentRecord
from idp.consent.decision import Asked
from idp.mandates import item as item_names
from idp.relying_parties import subject
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS

SCHEMA_VERSION = "1.0"
ATTRIBUTE_PREFIX = "urn:tongxing:claim:"
LANGUAGES = {"zh_Hans": "zh-Hans", "en": "en"}


@dataclass(frozen=True)
class Scene:
    """Where and by whom it was said: who acts, in which language the page was, at which level, and why it was asked."""

    acting: ActingParty = ONESELF
    locale: str = "zh_Hans"
    acr: str = ""
    reason: str = "first"


def of(
    record: ConsentRecord,
    account: Account,
    rp: RelyingParty,
    asked: Asked,
    allowed: Collection[str],
    scene: Scene,
    now: datetime,
) -> dict[str, Any]:
    """Return the document of what was asked of *account* by *rp*, and which items were *allowed*."""
    items = [_item(name, rp, asked, allowed, scene.locale) for name in sorted(asked.items)]
    purposes = _purposes(rp, scene.locale)
    controller = {
        "name": rp.organization_name.text(scene.locale) or rp.client_name.text(scene.locale),
        "uscc": rp.organization_uscc,
        "division_code": rp.division_code,
    }
    recipient = {"client_id": rp.client_id, "name": rp.client_name.text(scene.locale)}
    uri = rp.policy_uri.text(scene.locale)
    return {
        "schema_version": SCHEMA_VERSION,
        "record_id": str(record.record_id),
        "sub": subject.sub_of(account.subject_id, rp),
        "acting": _acting(scene.acting, rp),
        "reason": scene.reason,
        "notice": {
            "uri": uri,
            "version": rp.policy_version,
            "policy_digest": rp.policy_digest,
            "digest": digest({"uri": uri, "purposes": purposes, "items": items, "controller": controller}),
        },
        "language": LANGUAGES.get(scene.locale, scene.locale),
        "purposes": purposes,
        "items": items,
        "controller": controller,
        "recipient": recipient,
        "storage_location": rp.data_storage_location,
        "retention": rp.data_retention,
        "jurisdiction": rp.data_jurisdiction,
        "withdrawal_method": f"{SETTINGS.get().issuer}/account/services/{rp.client_id}",
        "separate_consents": [
            {"item": one["name"], "why": "sensitive"} for one in items if one["separate"] and one["allowed"]
        ],
        "parties": [
            {"role": "principal", "id": subject.sub_of(account.subject_id, rp)},
            {"role": "controller", "id": rp.organization_uscc or rp.client_id, "name": controller["name"]},
            {"role": "recipient", "id": rp.client_id, "name": recipient["name"]},
            {"role": "provider", "id": SETTINGS.get().issuer, "name": SETTINGS.get().name},
        ],
        "given_at": now.isoformat(timespec="seconds"),
        "expires_at": record.expires_at.isoformat(timespec="seconds"),
    }


def of_items(items: Collection[str], **more: Any) -> dict[str, Any]:
    """Return the short document of an event that only says which items it is about."""
    return {"items": sorted(items), **{name: value for name, value in more.items() if value}}


def digest(shown: dict[str, Any]) -> str:
    """Return what stands for the texts that the page showed: another word is another digest."""
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return f"sha-256:{hashlib.sha256(text.encode()).hexdigest()}"


def _item(name: str, rp: RelyingParty, asked: Asked, allowed: Collection[str], locale: str) -> dict[str, Any]:
    registered, by_law = rp.find_item(name), name in asked.by_law
    return {
        "name": name,
        "attribute": f"{ATTRIBUTE_PREFIX}{name}",
        "required": name in asked.required,
        "sensitive": name in asked.sensitive,
        "separate": name in asked.sensitive and not by_law,
        "legal_basis": rp.basis_of(name) if by_law else "consent",
        "allowed": by_law or name in allowed,
        "purpose": registered.purpose.text(locale) if registered else "",
    }


def _purposes(rp: RelyingParty, locale: str) -> list[dict[str, str]]:
    text = rp.purpose.text(locale)
    codes = rp.item_codes or (rp.client_id,)
    return [{"code": code, "name": item_names.name_of(code, locale), "text": text} for code in codes]


def _acting(acting: ActingParty, rp: RelyingParty) -> dict[str, str | None]:
    return {
        "kind": acting.kind,
        "sub": _sub_of(acting.account_id, rp),
        "mandate_id": str(acting.mandate_id) if acting.mandate_id else None,
    }


def _sub_of(account_id: UUID | None, rp: RelyingParty) -> str | None:
    actor = accounts.find(account_id) if account_id else None
    return subject.sub_of(actor.subject_id, rp) if actor else None
