"""Authenticators: proving it is the same person again. One file per ``amr`` value (RFC 8176).

Owns what each way of signing in keeps (hashes, sealed secrets, one-time codes), their limits against
guessing, and which ways together are two factors. Does not own the order in which they are asked
(`idp.journey`), the session that follows (`idp.sessions`), or who the person is (`idp.accounts`).
One more way of signing in: a file named like its ``amr`` value with AMR and KIND, a line in `mfa.KINDS`, a
line in ALL.
"""

from typing import Protocol

from idp.authenticators import hwk, mfa, otp, pin, pwd, qr, recognised, recovery_code, sc, sms, swk, user


class Authenticator(Protocol):
    """What every way of signing in says about itself."""

    AMR: str
    KIND: mfa.Kind


ALL: tuple[Authenticator, ...] = (pwd, otp, sms, recovery_code, qr, recognised, hwk, swk, user, sc, pin)
