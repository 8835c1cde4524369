"""That a passkey checked its owner (WebAuthn §6.1 flag UV), by finger, face or PIN. Always with ``hwk`` or ``swk``.

RFC 8176 has ``user`` for presence; it is given here only for verification, which is more: presence alone proves
nothing about who touched the key.
"""

from idp.authenticators import mfa

AMR = "user"
KIND = mfa.KINDS[AMR]
