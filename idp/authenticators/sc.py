"""A certificate on a smart card or UKey (RFC 8176 ``sc``), together with the PIN that opened it (`pin`).

The proxy in front asks the browser for it in TLS and forwards it (RFC 9440, `forwarded_certificate`). What proves it is
checked here at every use: that it leads to one of our authorities, is for logging in, is in its time, and is on no
revocation list. So a certificate revoked in between opens nothing from its next use on.
"""

from idp.authenticators import mfa
from idp.settings import SETTINGS

AMR = "sc"
KIND = mfa.KINDS[AMR]


def is_offered() -> bool:
    """Whether this deployment takes certificates at all: it does when it names authorities."""
    return bool(SETTINGS.get().certificates.authorities_file)
