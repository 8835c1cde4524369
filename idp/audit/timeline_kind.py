"""Under which kind a person looks for an event of their timeline, or that it is none of theirs to read. Pure.

Every name of an event is placed here once: under its kind, or in HIDDEN, because it says nothing to a person or says
the same again. One more name: a line here, and its words in `idp.pages.timeline_wording`.
"""

from collections.abc import Mapping
from enum import StrEnum

from idp.audit.event import EventName


class Kind(StrEnum):
    """What a person can choose to see alone."""

    LOGIN = "login"
    RELEASE = "release"
    MANDATE = "mandate"
    LOOK_UP = "look_up"
    FAILED = "failed"
    CHANGE = "change"


KINDS: Mapping[Kind, frozenset[EventName]] = {
    Kind.LOGIN: frozenset(
        {
            EventName.PERSON_RECOGNISED,
            EventName.QR_APPROVED,
            EventName.SESSION_ENDED,
            EventName.SESSION_ROTATED,
            EventName.SESSION_STARTED,
        }
    ),
    Kind.RELEASE: frozenset(
        {
            EventName.CLAIMS_RELEASED,
            EventName.CODE_ISSUED,
            EventName.CONSENT_EXPIRED,
            EventName.CONSENT_GIVEN,
            EventName.CONSENT_NOTIFIED,
            EventName.CONSENT_REFUSED,
            EventName.CONSENT_RENEWED,
            EventName.CONSENT_WITHDRAWN,
            EventName.DELETION_ANSWERED,
            EventName.DELETION_DELAYED,
            EventName.DELETION_REQUESTED,
        }
    ),
    Kind.MANDATE: frozenset(
        {
            EventName.ASSISTED_CASE_ENDED,
            EventName.ASSISTED_CASE_STARTED,
            EventName.MANDATE_CONFIRMED,
            EventName.MANDATE_ENDED,
            EventName.MANDATE_NARROWED,
            EventName.MANDATE_PROPOSED,
            EventName.MANDATE_USED,
        }
    ),
    Kind.LOOK_UP: frozenset({EventName.CASE_DECIDED, EventName.CONSOLE_VIEWED, EventName.PROOFING_EXAMINED}),
    Kind.FAILED: frozenset(
        {
            EventName.CODE_REUSED,
            EventName.LINK_REFUSED,
            EventName.LOGIN_FAILED,
            EventName.QR_DENIED,
            EventName.RECOVERY_REFUSED,
            EventName.REFRESH_TOKEN_REUSED,
        }
    ),
    Kind.CHANGE: frozenset(
        {
            EventName.ACCOUNT_CLOSED,
            EventName.ACCOUNT_CREATED,
            EventName.ACCOUNT_FROZEN,
            EventName.ACCOUNT_LINKED,
            EventName.ACCOUNT_MERGED,
            EventName.ACCOUNT_UNLINKED,
            EventName.CERTIFICATE_ADDED,
            EventName.CERTIFICATE_DISTRUSTED,
            EventName.CERTIFICATE_REMOVED,
            EventName.CERTIFICATE_RENAMED,
            EventName.CLOSING_CANCELLED,
            EventName.CLOSING_REQUESTED,
            EventName.DATA_EXPORTED,
            EventName.FACE_CONSENT_GIVEN,
            EventName.IDENTITY_LOST,
            EventName.IDENTITY_PROVEN,
            EventName.INTRUSION_REPORTED,
            EventName.LEVEL_LOWERED,
            EventName.LEVEL_RAISED,
            EventName.NOTICES_CHOSEN,
            EventName.PASSKEY_ADDED,
            EventName.PASSKEY_REMOVED,
            EventName.PASSKEY_RENAMED,
            EventName.PASSKEY_SUSPENDED,
            EventName.PASSWORD_CHANGED,
            EventName.PASSWORD_REMOVED,
            EventName.PHONE_CHANGED,
            EventName.PHONE_RESTORED,
            EventName.PHONE_VERIFIED,
            EventName.PROOFING_DECIDED,
            EventName.PROOFING_STARTED,
            EventName.PROOFING_UNDECIDED,
            EventName.PROOFING_VOUCHED,
            EventName.RECOVERY_CODES_CREATED,
            EventName.RECOVERY_CODE_USED,
            EventName.RECOVERY_COMPLETED,
            EventName.RECOVERY_PROVEN,
            EventName.RECOVERY_STARTED,
            EventName.RECOVERY_STOPPED,
            EventName.REGISTER_CHANGED,
            EventName.TOTP_ENROLLED,
            EventName.TOTP_REMOVED,
        }
    ),
}

HIDDEN = frozenset(
    {
        # About sites, keys, levels and posts, not about a person.
        EventName.FEDERATION_ENTITY_CREATED,
        EventName.FEDERATION_ENTITY_UPDATED,
        EventName.FEDERATION_KEY_REVOKED,
        EventName.FEDERATION_KEY_ROTATED,
        EventName.KEY_ARCHIVED,
        EventName.KEY_CREATED,
        EventName.KEY_ROTATED,
        EventName.LEVEL_POLICY_APPLIED,
        EventName.LEVEL_POLICY_APPROVED,
        EventName.LEVEL_POLICY_PROPOSED,
        EventName.LEVEL_POLICY_REJECTED,
        EventName.LEVEL_POLICY_SIMULATED,
        EventName.LINK_CODE_ISSUED,
        EventName.RECOGNITION_EPOCH_BEGUN,
        EventName.RECOGNITION_EPOCH_ENDED,
        EventName.RECOGNITION_MEMBER_LISTED,
        EventName.RECOGNITION_MEMBER_REMOVED,
        EventName.POST_APPROVED,
        EventName.POST_ENDED,
        EventName.POST_PROPOSED,
        EventName.POST_REFUSED,
        EventName.POST_TAKEN,
        EventName.RELYING_PARTY_CREATED,
        EventName.RELYING_PARTY_DELETED,
        EventName.RELYING_PARTY_REFUSED,
        EventName.RELYING_PARTY_SECRET_ROTATED,
        EventName.RELYING_PARTY_UPDATED,
        EventName.SUBORDINATE_ADDED,
        EventName.SUBORDINATE_REMOVED,
        EventName.SUBORDINATE_RESUMED,
        EventName.SUBORDINATE_SUSPENDED,
        EventName.SUBORDINATE_UPDATED,
        EventName.TRUST_ANCHOR_ADDED,
        EventName.TRUST_ANCHOR_REMOVED,
        EventName.TRUST_MARK_ISSUED,
        EventName.TRUST_MARK_REVOKED,
        # Of no account: the limit held before anybody was looked up; a login elsewhere that did not end here.
        EventName.LOGIN_BLOCKED,
        EventName.RECOGNITION_REFUSED,
        # An official's own tries stand in the record that their audit administrator reads.
        EventName.ACCESS_REFUSED,
        # How a message travelled; the message itself is in the inbox.
        EventName.DELIVERY_ABANDONED,
        EventName.DELIVERY_RETRIED,
        EventName.LOGOUT_DELIVERED,
        EventName.NOTICE_DELIVERED,
        EventName.SECURITY_EVENT_ACKNOWLEDGED,
        EventName.SECURITY_EVENT_FAILED,
        EventName.STREAM_CREATED,
        EventName.STREAM_DELETED,
        EventName.STREAM_STATUS_CHANGED,
        EventName.STREAM_UPDATED,
        # Follows from what stands there already: a login, a logout, a withdrawal, a level that fell.
        EventName.ASSISTED_CASE_BEGUN,
        EventName.ASSISTED_CASE_EXTENDED,
        EventName.CONSENT_DELETED,
        EventName.CONSENT_SEPARATELY_GIVEN,
        EventName.CONSENT_SUPERSEDED,
        EventName.DEVICE_REMEMBERED,
        EventName.DUPLICATE_NOTED,
        EventName.EVIDENCE_ADDED,
        EventName.EVIDENCE_REVOKED,
        EventName.GRANT_NARROWED,
        EventName.GRANT_REVOKED,
        EventName.SUBJECT_RESTORED,
        EventName.TOKEN_INTROSPECTED,
        EventName.TOKEN_ISSUED,
        EventName.TOKEN_REVOKED,
    }
)

SHOWN: frozenset[EventName] = frozenset().union(*KINDS.values())
_KIND_OF = {name.value: kind for kind, names in KINDS.items() for name in names}


def find(name: str) -> Kind | None:
    """Return the kind of an event of that name; None for what is not shown."""
    return _KIND_OF.get(name)
