"""Showing a passkey (WebAuthn §7.2): to log in without a user name, as a second factor, or to confirm that it is you.

A counter that did not go up means that there are two of this key (§6.1.1): it is suspended, whoever came with it does
not get in, and its owner is told. An answer that was merely overtaken by a later one is refused and no more.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from idp.authenticators import attestation, passkey, passkey_challenge, passkey_response
from idp.authenticators.passkey import Passkey
from idp.errors import Forbidden, IdpError
from idp.settings import SETTINGS

SIGN_IN = "sign_in"


@dataclass(frozen=True)
class Shown:
    """A passkey that was shown, and whether it checked its owner."""

    passkey: Passkey
    user_verified: bool

    @property
    def methods(self) -> list[str]:
        """The ``amr`` values that this proves."""
        return passkey.methods(self.passkey, user_verified=self.user_verified)


class Copied(Forbidden):
    """The passkey seems to exist twice; it was suspended in this transaction, which the door commits."""

    def __init__(self, copied: Passkey, *, newly: bool) -> None:
        super().__init__(
            "passkey_suspended",
            "This passkey is stopped, because it seems to have been copied. Use another way to log in",
            field="passkey",
        )
        self.passkey = copied
        self.newly = newly


def options(purpose: str, *, browser: str, account_id: UUID | None = None) -> str:
    """Return what ``navigator.credentials.get`` is called with, as JSON (WebAuthn §5.5).

    Without an account the device finds the passkey itself, and must check its owner; with one any of the account's own
    passkeys will do.
    """
    own = passkey.of_account(account_id) if account_id else []
    return json.dumps(
        {
            "challenge": passkey_response.to_base64url(passkey_challenge.issue(purpose, browser)),
            "timeout": passkey_challenge.LIFE * 1000,
            "rpId": passkey.rp_id(),
            "allowCredentials": [
                {
                    "id": passkey_response.to_base64url(one.credential_id),
                    "type": "public-key",
                    **({"transports": one.transports} if one.transports else {}),
                }
                for one in own
                if one.suspended_at is None
            ],
            "userVerification": "preferred" if account_id else "required",
        }
    )


def check(purpose: str, text: str, *, browser: str, account_id: UUID | None = None) -> Shown:
    """Check the browser's answer, for *account_id* or for whoever it names.

    Raises InvalidInput ``passkey_refused``, Expired ``challenge_expired``, Copied (Forbidden ``passkey_suspended``).
    """
    # Not before the first passkey is shown: most processes would carry its 8 MB for nothing.
    import webauthn  # noqa: PLC0415 - 5 MB, with the first passkey

    response = passkey_response.read(text)
    issued_at = passkey_challenge.take(response.challenge, purpose, browser)
    found = passkey.find(response.credential_id)
    if found is None or account_id not in {None, found.account_id} or attestation.is_refused(found.aaguid):
        raise passkey_response.refused()
    with passkey_response.understood():
        verified = webauthn.verify_authentication_response(
            credential=response.credential,
            expected_challenge=response.challenge,
            expected_rp_id=passkey.rp_id(),
            expected_origin=SETTINGS.get().issuer,
            credential_public_key=found.public_key,
            # The counter is ours to look at, and only once the signature is known to be right.
            credential_current_sign_count=0,
            require_user_verification=account_id is None,
        )
        _check_handle(response.credential, found.account_id, required=account_id is None)
    if found.suspended_at is not None:
        raise Copied(found, newly=False)
    if not passkey.note_use(found, verified.new_sign_count, user_verified=verified.user_verified):
        raise _stopped(response.credential_id, issued_at)
    return Shown(found, verified.user_verified)


def _stopped(credential_id: bytes, issued_at: datetime) -> IdpError:
    """Return why a use could not be written down: removed meanwhile, overtaken, or copied."""
    found = passkey.find(credential_id)
    if found is None or (found.last_used_at is not None and issued_at <= found.last_used_at):
        return passkey_response.refused()
    return Copied(found, newly=passkey.suspend(found))


def _check_handle(credential: dict[str, object], account_id: UUID, *, required: bool) -> None:
    """Raise when the device knows the passkey as somebody else's (§7.2 step 6)."""
    response = credential["response"]
    handle = response.get("userHandle") if isinstance(response, dict) else None
    if handle is None and not required:
        return
    if not isinstance(handle, str) or not hmac.compare_digest(
        passkey_response.from_base64url(handle), passkey.user_handle(account_id)
    ):
        raise passkey_response.refused()
