"""What roles, states and events are called on the console's pages, in the person's language."""

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from idp.accounts.account import ACTIVE, CLOSED, FROZEN
from idp.audit.event import EventName
from idp.identifiers import citizen_id, foreign_resident, passport, residence_permit
from idp.level_policy import current
from idp.level_policy.version import State
from idp.operators.rights import Role
from idp.proofing import case as cases
from idp.proofing import case_row


def role(code: str) -> str:
    """Return the name of a role."""
    names: dict[str, str] = {
        Role.AGENCY_CLERK: _("Agency clerk"),
        Role.PROOFING_CLERK: _("Proofing clerk"),
        Role.PROOFING_APPROVER: _("Proofing approver"),
        Role.SYSTEM_ADMINISTRATOR: _("System administrator"),
        Role.SECURITY_ADMINISTRATOR: _("Security administrator"),
        Role.AUDIT_ADMINISTRATOR: _("Audit administrator"),
        Role.SUPERVISOR: _("Supervisor"),
    }
    return names.get(code, code)


def role_hint(code: str) -> str:
    """Return what a role is there for, in one sentence."""
    hints: dict[str, str] = {
        Role.AGENCY_CLERK: _("Helps people who are present to use one service"),
        Role.PROOFING_CLERK: _("Compares people with their original documents"),
        Role.PROOFING_APPROVER: _("Decides what a clerk has examined"),
        Role.SYSTEM_ADMINISTRATOR: _(
            "Proposes officials, ends posts, watches events to sites, adds and suspends entities of the federation"
        ),
        Role.SECURITY_ADMINISTRATOR: _(
            "Approves officials; proposes and approves levels; sets policies of the federation"
        ),
        Role.AUDIT_ADMINISTRATOR: _("Reads the record of what officials did"),
        Role.SUPERVISOR: _("Sees officials, levels and the federation, changes nothing"),
    }
    return hints.get(code, "")


def post_status(code: str) -> str:
    """Return the name of a post's state."""
    names: dict[str, str] = {
        "proposed": _("waiting for approval"),
        "active": _("in office"),
        "refused": _("refused"),
        "ended": _("ended"),
    }
    return names.get(code, code)


def version_state(code: str) -> str:
    """Return the name of a policy version's state."""
    names: dict[str, str] = {
        State.PROPOSED: _("waiting for approval"),
        State.REJECTED: _("rejected"),
        State.APPROVED: _("approved, not yet in force"),
        State.IN_FORCE: _("in force"),
        State.SUPERSEDED: _("replaced by a later one"),
    }
    return names.get(code, code)


def verifier(code: str) -> str:
    """Return the name of a kind of evidence, from the policy in force."""
    kind = current.get().evidence.get(code)
    if kind is None:
        return code
    return kind.name.en if str(get_locale()) == "en" else kind.name.zh


def case_state(code: str, *, examined: bool) -> str:
    """Return where a case stands."""
    names: dict[str, str] = {
        case_row.STARTED: _("not sent yet"),
        case_row.WAITING: _("examined, to be decided") if examined else _("to be examined"),
        case_row.UNDECIDED: _("could not be decided"),
        case_row.APPROVED: _("approved"),
        case_row.REFUSED: _("refused"),
        case_row.EXPIRED: _("run out"),
        case_row.CANCELLED: _("taken back"),
    }
    return names.get(code, code)


def decision(act: str) -> str:
    """Return what an official did with a case."""
    names: dict[str, str] = {
        cases.EXAMINED: _("Examined"),
        case_row.APPROVED: _("Approved"),
        case_row.REFUSED: _("Refused"),
    }
    return names.get(act, act)


def document(code: str) -> str:
    """Return the name of a kind of document."""
    names: dict[str, str] = {
        citizen_id.TYPE: _("Identity card"),
        residence_permit.TYPE: _("Residence permit for Hong Kong, Macao and Taiwan residents"),
        foreign_resident.TYPE: _("Foreign permanent resident card"),
        passport.TYPE: _("Passport"),
    }
    return names.get(code, code)


def account_status(code: str) -> str:
    """Return the name of an account's state."""
    names: dict[str, str] = {ACTIVE: _("in use"), FROZEN: _("locked"), CLOSED: _("closed")}
    return names.get(code, code)


def masked_name(name: str) -> str:
    """Return a name as its owner recognises it: the first character (Zhang Wei → Z*)."""
    return f"{name[:1]}*"


def event(name: str, data: Mapping[str, Any]) -> str:
    """Return what happened, in words; the name itself where there are none."""
    if name == EventName.CONSOLE_VIEWED:
        return _seen(str(data.get("page")))
    if name == EventName.CASE_DECIDED:
        return _acted(str(data.get("act")))
    names: dict[str, str] = {
        EventName.ACCESS_REFUSED: _("Tried something the post does not allow"),
        EventName.ACCOUNT_CREATED: _("Account created"),
        EventName.EVIDENCE_ADDED: _("Evidence added to an account"),
        EventName.IDENTITY_PROVEN: _("Identity bound to an account"),
        EventName.FEDERATION_ENTITY_UPDATED: _("Changed what an authority says or asks"),
        EventName.LEVEL_LOWERED: _("An account's level fell"),
        EventName.LEVEL_POLICY_APPROVED: _("Approved a version of the levels"),
        EventName.LEVEL_POLICY_PROPOSED: _("Proposed a version of the levels"),
        EventName.LEVEL_POLICY_REJECTED: _("Rejected a version of the levels"),
        EventName.LEVEL_RAISED: _("An account's level rose"),
        EventName.DELIVERY_RETRIED: _("Tried again to tell a site"),
        EventName.PROOFING_DECIDED: _("A case was closed"),
        EventName.PROOFING_EXAMINED: _("A case waits for the second official"),
        EventName.POST_APPROVED: _("Approved a post"),
        EventName.POST_ENDED: _("Ended a post"),
        EventName.POST_PROPOSED: _("Proposed somebody for a post"),
        EventName.POST_REFUSED: _("Refused a post"),
        EventName.SUBORDINATE_ADDED: _("Added an entity to the federation"),
        EventName.SUBORDINATE_RESUMED: _("Took an entity of the federation up again"),
        EventName.SUBORDINATE_SUSPENDED: _("Suspended an entity of the federation"),
        EventName.SUBORDINATE_UPDATED: _("Renewed an entity of the federation"),
        EventName.TRUST_MARK_ISSUED: _("Gave a trust mark"),
        EventName.TRUST_MARK_REVOKED: _("Took a trust mark back"),
    }
    return names.get(name, name)


def facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what else an event says that a reader of the record can use; nothing that is not named here."""
    found = []
    if data.get("roles"):
        found.append((_("Roles"), _(", ").join(role(str(code)) for code in data["roles"])))
    if data.get("evidence"):
        found.append((_("Proven"), verifier(str(data["evidence"]))))
    if data.get("number"):
        found.append((_("Version"), str(data["number"])))
    if data.get("entity"):
        found.append((_("Entity"), str(data["entity"])))
    if data.get("superior"):
        found.append((_("Superior"), str(data["superior"])))
    if data.get("trust_mark_type"):
        found.append((_("Mark"), str(data["trust_mark_type"])))
    if "before" in data and "after" in data:
        found.append((_("Level"), f"L{data['before']} → L{data['after']}"))
    return found


def _seen(page: str) -> str:
    pages: dict[str, str] = {
        "case": _("Opened a case"),
        "look_up": _("Looked up an account"),
        "record": _("Read the record"),
    }
    return pages.get(page, page)


def _acted(act: str) -> str:
    acts: dict[str, str] = {
        "examine": _("Compared an original document"),
        "approve": _("Approved a case"),
        "refuse": _("Refused a case"),
    }
    return acts.get(act, act)
