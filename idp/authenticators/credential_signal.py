"""Telling relying parties that a way of signing in has changed (CAEP 1.0 §3.3.1): which kind, and how; no more."""

from uuid import UUID

from idp.outbox import signal
from idp.outbox.signal import Signal

# Values of ``credential_type``; fido2-roaming stands for passkeys on hardware, fido2-platform for all others.
PASSWORD, APP, CERTIFICATE = "password", "app", "x509"
PASSKEY, HARDWARE_PASSKEY = "fido2-platform", "fido2-roaming"
CREATE, UPDATE, REVOKE, DELETE = "create", "update", "revoke", "delete"


def tell(account_id: UUID, credential_type: str, change_type: str, *, by: str = "user") -> None:
    """Note the change in the present transaction; *by*: who began it (``user``, ``admin``, ``policy``)."""
    signal.add(
        Signal.CREDENTIAL_CHANGE,
        account_id,
        credential_type=credential_type,
        change_type=change_type,
        initiating_entity=by,
    )
