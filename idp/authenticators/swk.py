"""Any other passkey: one that is synchronized between devices, or of which no trusted maker is known (RFC 8176).

``swk`` is proof of a software-secured key: no more is believed of a key than what is proven. See `passkey`.
"""

from idp.authenticators import mfa

AMR = "swk"
KIND = mfa.KINDS[AMR]
