"""Showing a certificate: to log in, or to confirm that it is you. Verified first, then looked up whose it is."""

from datetime import datetime
from uuid import UUID

from idp.authenticators import client_certificate, pin, sc
from idp.authenticators.client_certificate import ClientCertificate
from idp.authenticators.forwarded_certificate import Forwarded
from idp.authenticators.revocation_list import Revoked
from idp.errors import Forbidden

# The card asks for its PIN before it signs: with authorities that issue on cards and UKeys only, both are proven.
METHODS = [sc.AMR, pin.AMR]


class FoundRevoked(Forbidden):
    """A certificate of an account is revoked; it was distrusted in this transaction, which the door commits."""

    def __init__(self, revoked: ClientCertificate, *, newly: bool) -> None:
        super().__init__(
            "certificate_revoked", "This certificate is revoked. Get a new one at a service counter"
        )
        self.certificate = revoked
        self.newly = newly


def check(shown: Forwarded, now: datetime, account_id: UUID | None = None) -> ClientCertificate:
    """Return the certificate of *account_id*, or of whoever it belongs to.

    Raises Forbidden: as `sc.verify`, FoundRevoked, or ``certificate_unknown`` when it belongs to nobody here.
    """
    digest = sc.digest(shown.certificate)
    try:
        sc.verify(shown, now)
    except Revoked:
        found = client_certificate.find(digest)
        if found is not None:
            raise FoundRevoked(found, newly=client_certificate.distrust(found, "revoked")) from None
        raise
    found = client_certificate.find(digest)
    if found is None or account_id not in {None, found.account_id}:
        raise Forbidden(
            "certificate_unknown",
            "This certificate belongs to no account here. Log in in another way, and add it under ways to log in",
        )
    if not client_certificate.note_use(found):
        # What was once found revoked stays so, whatever a later list leaves out.
        raise FoundRevoked(found, newly=False)
    return found
