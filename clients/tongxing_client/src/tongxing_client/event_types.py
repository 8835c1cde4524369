"""The events a relying party of Tongxing can be told (SSF 1.0 §8.1.4, CAEP 1.0 §3, RISC 1.0 §2, and our own)."""

_SSF = "https://schemas.openid.net/secevent/ssf/event-type/"
_CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
_RISC = "https://schemas.openid.net/secevent/risc/event-type/"

# About the stream itself: sent without being asked for.
VERIFICATION = f"{_SSF}verification"
STREAM_UPDATED = f"{_SSF}stream-updated"

SESSION_REVOKED = f"{_CAEP}session-revoked"
ASSURANCE_LEVEL_CHANGE = f"{_CAEP}assurance-level-change"
CREDENTIAL_CHANGE = f"{_CAEP}credential-change"
ACCOUNT_DISABLED = f"{_RISC}account-disabled"
ACCOUNT_PURGED = f"{_RISC}account-purged"
ACCOUNT_LINKED = "urn:tongxing:event:account-linked"
ACCOUNT_UNLINKED = "urn:tongxing:event:account-unlinked"
IDENTIFIER_CHANGED = f"{_RISC}identifier-changed"
CONSENT_WITHDRAWN = "urn:tongxing:event:consent-withdrawn"
DELETION_REQUESTED = "urn:tongxing:event:deletion-requested"
