"""The PIN that opens a certificate's key on its card or UKey (RFC 8176 ``pin``). Always with ``sc``.

The card asks for it before it signs, so a certificate of an authority whose cards do so proves the PIN too.
"""

from idp.authenticators import mfa

AMR = "pin"
KIND = mfa.KINDS[AMR]
