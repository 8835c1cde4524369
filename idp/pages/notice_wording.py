"""What notices say in the inbox, in the person's language, and where each leads.

One more notice: a line in `_lines`, and in `LEADS_TO` where there is a page about it (see `idp.accounts.notice_kind`).
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from idp.accounts import notice, notice_kind
from idp.accounts.notice import Notice
from idp.accounts.notice_kind import Category

METHODS, MANDATES, SERVICES = "/account/sign-in-methods", "/account/mandates", "/account/services"
# Where a person can see what a notice is about, or do something about it.
LEADS_TO = {
    Category.LEVEL: "/account/proofing",
    Category.MANDATE: MANDATES,
    Category.CONSENT: SERVICES,
    Category.LOOK_UP: "/account/timeline",
    Category.STATUTORY: SERVICES,
    Category.SERVICE: SERVICES,
}
BY_NAME = {
    "closing_asked": "/account/keep",
    "closing_soon": "/account/keep",
    "fewer_messages": "/account/settings",
    "new_device": "/account/sessions",
    "phone_restored": "/account/password",
    "post_offered": "/console/take-up",
    "assisted_receipt": "/account/timeline",
    "account_linked": "/account/linked",
    "account_unlinked": "/account/linked",
}
# What is no reason for alarm: the person just did it at a page that asked twice, or it is good news.
CALM = frozenset({"closing_cancelled", "recovery_stopped", "not_me"})


def shown(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    """Return *notices* as the inbox shows them."""
    lines = _lines()
    return [_shown(one, lines) for one in notices]


def category(one: Category) -> str:
    """Return what a category is called."""
    names: dict[Category, str] = {
        Category.SECURITY: _("Safety of your account"),
        Category.LEVEL: _("Proof of your name"),
        Category.MANDATE: _("Acting for others"),
        Category.CONSENT: _("Your consent"),
        Category.LOOK_UP: _("Officials who looked at your account"),
        Category.STATUTORY: _("Data given by law"),
        Category.SERVICE: _("Answers of services"),
    }
    return names[one]


def category_hint(one: Category) -> str:
    """Return what comes under a category, in one sentence."""
    hints: dict[Category, str] = {
        Category.SECURITY: _(
            "New devices, passwords, phone number, recovery. These always come, by both ways."
        ),
        Category.LEVEL: _("When the proof of your name rises or falls."),
        Category.MANDATE: _("When somebody may act for you, or you for somebody, and when that ends."),
        Category.CONSENT: _("When consent is given for you, taken back, or has run out."),
        Category.LOOK_UP: _("Who looked, when, and the reason they gave."),
        Category.STATUTORY: _("When a service gets data by a duty of law, or changes its privacy notice."),
        Category.SERVICE: _("When a service answers what you asked it to delete."),
    }
    return hints[one]


def _shown(one: Notice, lines: dict[str, str]) -> dict[str, Any]:
    about = notice_kind.CATEGORIES.get(one.name, Category.SERVICE)
    values = defaultdict(str, notice.values_of(one))
    return {
        "id": str(one.id),
        "name": one.name,
        "text": lines.get(one.name, _("Something about your account was changed")) % values,
        "reason": values["reason"],
        "category": category(about),
        "is_security": about is Category.SECURITY and one.name not in CALM,
        "at": one.created_at,
        "unread": one.read_at is None,
        "link": BY_NAME.get(one.name, LEADS_TO.get(about, METHODS)),
    }


def _lines() -> dict[str, str]:
    return {
        "passkey_added": _("A passkey was added"),
        "passkey_removed": _("A passkey was removed"),
        "passkey_renamed": _("A passkey was given another name"),
        "passkey_suspended": _("A passkey was stopped, because it seems to have been copied"),
        "certificate_added": _("A certificate was added"),
        "certificate_removed": _("A certificate was removed"),
        "certificate_renamed": _("A certificate was given another name"),
        "certificate_distrusted": _("A certificate was found revoked"),
        "totp_added": _("Logging in with a code was switched on"),
        "totp_removed": _("Logging in with a code was switched off"),
        "recovery_codes_created": _("New recovery codes were made"),
        "password_changed": _("The password was changed"),
        "password_removed": _("The password was removed"),
        "post_offered": _("You were appointed to a post: take it up at /console/take-up"),
        "account_closed": _("This account was closed, or merged into another one"),
        "account_linked": _("Your older account at %(site)s was linked"),
        "account_merged": _("Another account of yours was merged into this one"),
        "account_unlinked": _("Your older account at %(site)s is linked no more"),
        "identity_lost": _(
            "The name was taken off this account: somebody proved it better with another account"
        ),
        "recovery_waiting": _("Somebody began to recover this account"),
        "recovery_counter": _("Somebody asked at a counter to recover this account"),
        "recovery_stopped": _("A recovery of this account was stopped"),
        "recognised_login": _("First login to this account through another province: %(who)s"),
        "recovery_completed": _("This account was recovered, with a new password"),
        "assisted_receipt": _("A clerk did something for you, with you present"),
        "mandate_offered": _("You were asked to act for somebody"),
        "mandate_confirmed": _("A mandate was confirmed"),
        "mandate_ends_soon": _("A mandate ends soon"),
        "mandate_ended": _("A mandate ended"),
        "last_administrator_left": _("The last administrator of an enterprise has left"),
        "guardian_established": _("A guardianship was established"),
        "guardian_birthday": _("A birthday changed what a guardian may do"),
        "guardian_of_age": _("A guardianship ended, because the child is of age"),
        "new_device": _("Somebody logged in on a device that is new here: %(device)s"),
        "phone_changed": _("The phone number was changed"),
        "phone_restored": _("The change of the phone number was taken back, and everything was logged out"),
        "not_me": _("You said that something was not you: everything else was logged out"),
        "export_made": _("Everything about this account was opened or downloaded"),
        "fewer_messages": _("Fewer messages come to your phone from now on"),
        "closing_asked": _("You asked to close this account on %(day)s"),
        "closing_soon": _("This account closes on %(day)s"),
        "closing_cancelled": _("The account stays: its closing was cancelled"),
        "level_raised": _("The proof of your name rose to P%(level)s"),
        "level_lowered": _("The proof of your name fell to P%(level)s"),
        "consent_given_for_you": _("%(who)s agreed for you that %(site)s gets data about you"),
        "consent_withdrawn": _("Your consent for %(site)s was taken back"),
        "consent_expired": _("Your consent for %(site)s has run out"),
        "looked_up": _("A member of %(organization)s looked at your account"),
        "statutory_release": _("%(site)s was given data about you by a duty of law"),
        "policy_changed": _("%(site)s changed its privacy notice"),
        "deletion_answered": _("%(site)s answered your request to delete your data"),
        "deletion_overdue": _(
            "%(site)s has not yet answered your request to delete your data; we reminded it"
        ),
    }
