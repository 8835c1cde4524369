"""What the events of a timeline are called, in the person's language; one more event: a line in `title`."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from idp.audit.event import EventName
from idp.audit.timeline_kind import Kind

# Signs that only say how strong a login was, not how it was made.
_NO_WAY_OF_ITS_OWN = frozenset({"mfa", "pin", "user"})
_ABOUT_LINKS = ("account.linked", "account.unlinked", "link.")
_ABOUT_DATA = (*_ABOUT_LINKS, "claims.", "code.", "consent.", "deletion.", "refresh_token.")
_ABOUT_MANDATES = ("assisted_case.", "mandate.")
_ABOUT_LOGINS = ("login.", "person.", "qr.", "session.")


def kind(code: Kind) -> str:
    """Return the name of a kind, as the filter has it."""
    names: dict[Kind, str] = {
        Kind.LOGIN: _("Logins"),
        Kind.RELEASE: _("Data shared"),
        Kind.MANDATE: _("Mandates"),
        Kind.LOOK_UP: _("Officials"),
        Kind.FAILED: _("Failed logins"),
        Kind.CHANGE: _("Changes"),
    }
    return names[code]


def title(name: str, data: Mapping[str, Any], site: str, who: str) -> str:
    """Return what happened, as one sentence without its full stop.

    *site*: the name of the site concerned; *who*: who did it, where that was somebody else, empty otherwise.
    """
    if name == EventName.CONSOLE_VIEWED:
        return _viewed(str(data.get("page")))
    if name == EventName.CASE_DECIDED:
        return _decided(str(data.get("act")))
    if name == EventName.SESSION_ENDED:
        return _ended(str(data.get("reason")))
    if name.startswith(_ABOUT_DATA):
        names = _of_data(site, who)
    elif name.startswith(_ABOUT_MANDATES):
        names = _of_mandates(site, who)
    else:
        names = _of_logins() if name.startswith(_ABOUT_LOGINS) else _of_changes(data)
    return names.get(name) or _("Something about your account was changed")


def way_in(amr: str) -> str:
    """Return what a person calls this way of proving that it is them."""
    names: dict[str, str] = {
        "pwd": _("password"),
        "otp": _("code from the app"),
        "sms": _("code by message"),
        "recovery_code": _("recovery code"),
        "qr": _("QR code"),
        "hwk": _("passkey"),
        "recognised": _("login in another province"),
        "swk": _("passkey"),
        "sc": _("certificate"),
    }
    return names.get(amr, amr)


def ways_in(methods: list[str]) -> str:
    """Return by what a login was made."""
    names = dict.fromkeys(way_in(one) for one in methods if one not in _NO_WAY_OF_ITS_OWN)
    joint: str = _(" and ")
    return joint.join(names)


def network(code: str) -> str:
    """Return what sort of network it was; empty where nothing can be said."""
    names: dict[str, str] = {
        "loopback": _("on this computer itself"),
        "inner": _("from the inner network of an organisation"),
        "internet": _("from the internet"),
    }
    return names.get(code, "")


def failure(code: str) -> str:
    """Return why a login did not succeed; empty where that says nothing to a person."""
    names: dict[str, str] = {
        "account_frozen": _("The account is locked"),
        "code_used": _("The code had been used already"),
        "code_wrong": _("The code was wrong"),
        "credentials_wrong": _("The password was wrong"),
    }
    return names.get(code, "")


def _of_logins() -> dict[str, str]:
    return {
        EventName.LOGIN_FAILED: _("Somebody tried to log in and did not get in"),
        EventName.PERSON_RECOGNISED: _("Another province confirmed who you are"),
        EventName.QR_APPROVED: _("You let another screen log in with your phone"),
        EventName.QR_DENIED: _("You did not let another screen log in with your phone"),
        EventName.SESSION_ROTATED: _("You proved again that it is you"),
        EventName.SESSION_STARTED: _("You logged in"),
    }


def _of_data(site: str, who: str) -> dict[str, str]:
    by_other: dict[str, str] = {
        EventName.CONSENT_GIVEN: _("%(who)s allowed %(site)s for you", who=who, site=site),
        EventName.CONSENT_REFUSED: _("%(who)s said no to %(site)s for you", who=who, site=site),
        EventName.CONSENT_RENEWED: _("%(who)s allowed %(site)s for you again", who=who, site=site),
        EventName.CONSENT_WITHDRAWN: _(
            "%(who)s took back from %(site)s what was allowed", who=who, site=site
        ),
        EventName.DELETION_REQUESTED: _("%(who)s asked %(site)s to delete your data", who=who, site=site),
    }
    own: dict[str, str] = {
        EventName.CLAIMS_RELEASED: _("%(site)s fetched your data", site=site),
        EventName.CODE_ISSUED: _("You used %(site)s", site=site),
        EventName.ACCOUNT_LINKED: _("Your older account at %(site)s was linked", site=site),
        EventName.ACCOUNT_UNLINKED: _("Your older account at %(site)s is linked no more", site=site),
        EventName.LINK_REFUSED: _("Somebody tried to link an older account and could not"),
        EventName.CODE_REUSED: _("A login at %(site)s was cut off: its code came twice", site=site),
        EventName.CONSENT_EXPIRED: _("What you allowed %(site)s ran out", site=site),
        EventName.CONSENT_GIVEN: _("You allowed %(site)s to receive data", site=site),
        EventName.CONSENT_NOTIFIED: _("%(site)s receives data because the law says so", site=site),
        EventName.CONSENT_REFUSED: _("You said no to %(site)s", site=site),
        EventName.CONSENT_RENEWED: _("You allowed %(site)s again", site=site),
        EventName.CONSENT_WITHDRAWN: _("You took back what you had allowed %(site)s", site=site),
        EventName.DELETION_ANSWERED: _("%(site)s answered about deleting your data", site=site),
        EventName.DELETION_DELAYED: _(
            "%(site)s has not answered in time about deleting your data", site=site
        ),
        EventName.DELETION_REQUESTED: _("You asked %(site)s to delete your data", site=site),
        EventName.REFRESH_TOKEN_REUSED: _(
            "%(site)s was cut off: an old key of its was used again", site=site
        ),
    }
    return own | by_other if who else own


def _of_mandates(site: str, who: str) -> dict[str, str]:
    who = who or _("Somebody")
    return {
        EventName.ASSISTED_CASE_ENDED: _("A clerk finished helping you at %(site)s", site=site),
        EventName.ASSISTED_CASE_STARTED: _(
            "A clerk began to help you at %(site)s, with you present", site=site
        ),
        EventName.MANDATE_CONFIRMED: _("A mandate was confirmed: %(who)s may act for you", who=who),
        EventName.MANDATE_ENDED: _("A mandate ended: %(who)s may no longer act for you", who=who),
        EventName.MANDATE_NARROWED: _("A mandate was narrowed: %(who)s may do less for you", who=who),
        EventName.MANDATE_PROPOSED: _("A mandate was proposed: %(who)s would act for you", who=who),
        EventName.MANDATE_USED: _("%(who)s acted for you", who=who),
    }


def _of_changes(data: Mapping[str, Any]) -> dict[str, str]:
    levels = {"before": data.get("before", ""), "after": data.get("after", "")}
    return {
        EventName.ACCOUNT_CLOSED: _("This account was closed"),
        EventName.ACCOUNT_CREATED: _("This account was opened"),
        EventName.ACCOUNT_FROZEN: _("This account was locked"),
        EventName.ACCOUNT_MERGED: _("Another account of yours was merged into this one"),
        EventName.CERTIFICATE_ADDED: _("A certificate was added"),
        EventName.CERTIFICATE_DISTRUSTED: _("A certificate was found revoked"),
        EventName.CERTIFICATE_REMOVED: _("A certificate was removed"),
        EventName.CERTIFICATE_RENAMED: _("A certificate was given another name"),
        EventName.CLOSING_CANCELLED: _("The account stays: its closing was cancelled"),
        EventName.CLOSING_REQUESTED: _("You asked to close this account"),
        EventName.DATA_EXPORTED: _("Everything about this account was opened or downloaded"),
        EventName.FACE_CONSENT_GIVEN: _("You agreed to one comparison of your face"),
        EventName.IDENTITY_LOST: _("The name was taken off this account: somebody proved it better"),
        EventName.IDENTITY_PROVEN: _("Your name and number were proven"),
        EventName.INTRUSION_REPORTED: _("You told us: this was not me"),
        EventName.LEVEL_LOWERED: _("Your level fell from L%(before)s to L%(after)s", **levels),
        EventName.LEVEL_RAISED: _("Your level rose from L%(before)s to L%(after)s", **levels),
        EventName.NOTICES_CHOSEN: _("You chose what comes to your phone"),
        EventName.PASSKEY_ADDED: _("A passkey was added"),
        EventName.PASSKEY_REMOVED: _("A passkey was removed"),
        EventName.PASSKEY_RENAMED: _("A passkey was given another name"),
        EventName.PASSKEY_SUSPENDED: _("A passkey was stopped, because it seems to have been copied"),
        EventName.PASSWORD_CHANGED: _("The password was changed"),
        EventName.PASSWORD_REMOVED: _("The password was removed"),
        EventName.PHONE_CHANGED: _("The phone number was changed"),
        EventName.PHONE_RESTORED: _("The change of the phone number was taken back"),
        EventName.PHONE_VERIFIED: _("Your phone number was checked"),
        EventName.PROOFING_DECIDED: _("A proof of your name was decided"),
        EventName.PROOFING_EXAMINED: _("An official examined your proof; a second one decides"),
        EventName.PROOFING_STARTED: _("You began to prove your name"),
        EventName.PROOFING_UNDECIDED: _("A proof of your name could not be decided"),
        EventName.PROOFING_VOUCHED: _("Somebody answered for you"),
        EventName.RECOVERY_CODES_CREATED: _("New recovery codes were made"),
        EventName.RECOVERY_CODE_USED: _("A recovery code was used"),
        EventName.RECOVERY_COMPLETED: _("This account was recovered, with a new password"),
        EventName.RECOVERY_PROVEN: _("A recovery of this account was proven and waits"),
        EventName.RECOVERY_REFUSED: _("Somebody could not prove who they are, to recover this account"),
        EventName.RECOVERY_STARTED: _("Somebody began to recover this account"),
        EventName.RECOVERY_STOPPED: _("A recovery of this account was stopped"),
        EventName.REGISTER_CHANGED: _("A register told us of a change about you"),
        EventName.TOTP_ENROLLED: _("Logging in with a code was switched on"),
        EventName.TOTP_REMOVED: _("Logging in with a code was switched off"),
    }


def _viewed(page: str) -> str:
    pages: dict[str, str] = {
        "case": _("An official opened a case of yours"),
        "guardians": _("An official looked up who cares for you"),
        "look_up": _("An official looked up your account"),
    }
    return pages.get(page) or _("An official looked at something about you")


def _decided(act: str) -> str:
    acts: dict[str, str] = {
        "approve": _("An official approved a case of yours"),
        "examine": _("An official compared your original document"),
        "guardian_confirmed": _("An official confirmed a guardianship"),
        "guardian_refused": _("An official refused a guardianship"),
        "refuse": _("An official refused a case of yours"),
    }
    return acts.get(act) or _("An official decided something about you")


def _ended(reason: str) -> str:
    reasons: dict[str, str] = {
        "another_account": _("A login ended: another account logged in there"),
        "ended_by_owner": _("You ended a login on another device"),
        "identity_lost": _("All logins ended: the name was taken off this account"),
        "logged_out": _("You logged out"),
        "not_me": _("A login ended, because you said: this was not me"),
        "password_changed": _("A login ended, because the password was changed"),
        "recovered": _("A login ended, because the account was recovered"),
    }
    return reasons.get(reason) or _("A login ended")
