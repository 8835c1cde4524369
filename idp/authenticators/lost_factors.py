"""Removing every way of signing in but the password: for who has lost them and has proven anew who they are."""

from uuid import UUID

from idp.authenticators import client_certificate, otp, passkey, recovery_code


def remove(account_id: UUID) -> None:
    """Forget the app, the sheet of recovery codes, all passkeys and certificates of the account."""
    otp.remove(account_id)
    recovery_code.remove(account_id)
    for key in passkey.of_account(account_id):
        passkey.remove(account_id, key.id)
    for certificate in client_certificate.of_account(account_id):
        client_certificate.remove(account_id, certificate.id)
