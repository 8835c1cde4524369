"""Who may do what where: role × division subtree → acts, denied unless a row of the table allows it. Pure.

A path is a division's code followed by the codes above it, up to the top (330106, 330100, 330000); an official's
right holds where the post's own division lies on the path. GB/T 22239-2019 8.1.5: system, security and audit
administration are three separate people; domain §2: officials are made by one person and approved by another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an official is there for."""

    AGENCY_CLERK = "agency_clerk"
    PROOFING_CLERK = "proofing_clerk"
    PROOFING_APPROVER = "proofing_approver"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"
    SUPERVISOR = "supervisor"


class Act(StrEnum):
    """What somebody can want to do."""

    ASSIST = "assist"
    SEE_CASES = "see_cases"
    EXAMINE_CASE = "examine_case"
    DECIDE_CASE = "decide_case"
    VOUCH_AT_POINT = "vouch_at_point"
    LOOK_UP_ACCOUNT = "look_up_account"
    SEE_OFFICIALS = "see_officials"
    PROPOSE_OFFICIAL = "propose_official"
    APPROVE_OFFICIAL = "approve_official"
    END_OFFICIAL = "end_official"
    SEE_LEVELS = "see_levels"
    PROPOSE_LEVELS = "propose_levels"
    APPROVE_LEVELS = "approve_levels"
    SEE_RECORD = "see_record"
    SEE_STREAMS = "see_streams"
    RETRY_EVENTS = "retry_events"
    SEE_FEDERATION = "see_federation"
    SUSPEND_SUBORDINATE = "suspend_subordinate"
    ADD_SUBORDINATE = "add_subordinate"
    SET_METADATA_POLICY = "set_metadata_policy"
    GIVE_TRUST_MARK = "give_trust_mark"


ACTS: dict[Role, frozenset[Act]] = {
    Role.AGENCY_CLERK: frozenset({Act.ASSIST, Act.SEE_CASES, Act.VOUCH_AT_POINT}),
    Role.PROOFING_CLERK: frozenset(
        {Act.SEE_CASES, Act.EXAMINE_CASE, Act.VOUCH_AT_POINT, Act.LOOK_UP_ACCOUNT}
    ),
    Role.PROOFING_APPROVER: frozenset({Act.SEE_CASES, Act.DECIDE_CASE, Act.LOOK_UP_ACCOUNT}),
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        {
            Act.SEE_OFFICIALS,
            Act.PROPOSE_OFFICIAL,
            Act.APPROVE_OFFICIAL,
            Act.END_OFFICIAL,
            Act.SEE_STREAMS,
            Act.RETRY_EVENTS,
            Act.SEE_FEDERATION,
            Act.SUSPEND_SUBORDINATE,
            Act.ADD_SUBORDINATE,
        }
    ),
    Role.SECURITY_ADMINISTRATOR: frozenset(
        {
            Act.SEE_OFFICIALS,
            Act.APPROVE_OFFICIAL,
            Act.END_OFFICIAL,
            Act.SEE_LEVELS,
            Act.PROPOSE_LEVELS,
            Act.APPROVE_LEVELS,
            Act.SEE_FEDERATION,
            Act.SUSPEND_SUBORDINATE,
            Act.SET_METADATA_POLICY,
            Act.GIVE_TRUST_MARK,
        }
    ),
    Role.AUDIT_ADMINISTRATOR: frozenset({Act.SEE_OFFICIALS, Act.SEE_RECORD, Act.SEE_FEDERATION}),
    Role.SUPERVISOR: frozenset({Act.SEE_OFFICIALS, Act.SEE_LEVELS, Act.SEE_STREAMS, Act.SEE_FEDERATION}),
}

# Nobody holds two of these.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR})
# Those of them that must prove more when they come (domain §2, floors).
GUARDED = frozenset({Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR})
# One set of levels holds for the whole deployment: only a division with nothing above it may touch it.
OF_THE_WHOLE = frozenset({Act.SEE_LEVELS, Act.PROPOSE_LEVELS, Act.APPROVE_LEVELS})
# Decided one level up: by somebody whose division lies above the one it is about.
FROM_ABOVE = frozenset({Act.APPROVE_OFFICIAL})


@dataclass(frozen=True)
class Posting:
    """A post as far as rights go: the path of its division, and its roles (unknown ones allow nothing)."""

    path: tuple[str, ...]
    roles: frozenset[str]

    @property
    def acts(self) -> frozenset[Act]:
        """What its roles allow, somewhere."""
        return frozenset(act for role, acts in ACTS.items() if role in self.roles for act in acts)


def is_allowed(postings: Iterable[Posting], act: Act, path: Sequence[str]) -> bool:
    """Whether one of these posts allows *act* in the division with that path (for levels: whatever the path)."""
    return any(act in one.acts and _reaches(one, act, path) for one in postings)


def divisions(postings: Iterable[Posting], act: Act) -> frozenset[str]:
    """Return the divisions in and below which *act* is allowed."""
    return frozenset(one.path[0] for one in postings if one.path and act in one.acts)


def acts(postings: Iterable[Posting]) -> frozenset[Act]:
    """Return what these posts allow, each in its own place."""
    return frozenset(
        act
        for one in postings
        for act in one.acts
        if one.path and (act not in OF_THE_WHOLE or len(one.path) == 1)
    )


def clashing(roles: Iterable[str]) -> frozenset[Role]:
    """Return the administrators among *roles* that one person must not hold together; empty when all is well."""
    held = frozenset(role for role in ADMINISTRATORS if role in set(roles))
    return held if len(held) > 1 else frozenset()


def _reaches(posting: Posting, act: Act, path: Sequence[str]) -> bool:
    if not posting.path:
        return False
    if act in OF_THE_WHOLE:
        return len(posting.path) == 1
    if act in FROM_ABOVE and len(path) > 1:
        return posting.path[0] in path[1:]
    return posting.path[0] in path
