"""What roles, states and events are called on the console's pages, in the person's language."""

from flask_babel import gettext as _

from idp.audit.event import EventName
from idp.operators.rights import Role


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
        Role.SYSTEM_ADMINISTRATOR: _("Proposes officials and ends posts"),
        Role.SECURITY_ADMINISTRATOR: _("Approves officials; proposes and approves levels"),
        Role.AUDIT_ADMINISTRATOR: _("Reads the record of what officials did"),
        Role.SUPERVISOR: _("Sees officials and levels, changes nothing"),
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


def event(name: str) -> str:
    """Return what happened, in words; the name itself where there are none."""
    names: dict[str, str] = {
        EventName.ACCESS_REFUSED: _("Tried something the post does not allow"),
        EventName.ACCOUNT_CREATED: _("Account created"),
        EventName.CONSOLE_VIEWED: _("Looked at a page"),
        EventName.POST_APPROVED: _("Approved a post"),
        EventName.POST_ENDED: _("Ended a post"),
        EventName.POST_PROPOSED: _("Proposed somebody for a post"),
        EventName.POST_REFUSED: _("Refused a post"),
    }
    return names.get(name, name)
