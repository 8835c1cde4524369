"""What the pages that ask for a certificate share: what the browser showed, at which address, and what went wrong."""

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from idp import metrics, security_headers
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit import log as audit
from idp.audit.event import EventName
from idp.authenticators import forwarded_certificate, sc
from idp.authenticators.certificate_use import FoundRevoked
from idp.authenticators.client_certificate import ClientCertificate
from idp.authenticators.forwarded_certificate import Forwarded
from idp.db import commit
from idp.errors import IdpError, NotFound
from idp.proofing import evidence
from idp.settings import SETTINGS


def require_offered() -> None:
    """Raise NotFound where this deployment takes no certificates."""
    if not sc.is_offered():
        raise NotFound("certificates_not_offered")
    # The browser may be at the port where the proxy asks for certificates; afterwards it goes on at the issuer.
    security_headers.allow_form_action(SETTINGS.get().issuer)


def find() -> Forwarded | None:
    """Return what the browser showed; None when it showed none. Raises InvalidInput ``certificate_unreadable``."""
    headers = request.headers
    return forwarded_certificate.find(headers.get("Client-Cert", ""), headers.get("Client-Cert-Chain", ""))


def address(path: str) -> str:
    """Return *path* where the proxy asks for certificates."""
    return f"{SETTINGS.get().certificates.login_url}{path}"


def homewards(response: BaseResponse) -> BaseResponse:
    """Lead a redirect back to the issuer's own address."""
    location = response.headers.get("Location", "")
    if SETTINGS.get().certificates.login_url and location.startswith("/"):
        response.headers["Location"] = f"{SETTINGS.get().issuer}{location}"
    return response


def note_refusal(error: IdpError, *, account_id: UUID | None = None, session_id: UUID | None = None) -> None:
    """Write down that a certificate did not work; one that was found revoked just now is believed nowhere. Commits."""
    metrics.login("refused")
    if isinstance(error, FoundRevoked):
        account_id = error.certificate.account_id
        if error.newly:
            _distrust(error.certificate)
    audit.record(
        EventName.LOGIN_FAILED,
        account_id=account_id,
        session_id=session_id,
        reason=error.code,
        method="certificate",
    )
    commit()


def _distrust(certificate: ClientCertificate) -> None:
    account = accounts.get(certificate.account_id)
    notice.tell(account, "certificate_distrusted")
    proven = certificate.digest.hex()
    pieces = evidence.of_account(account.id)
    if any(piece.code == sc.EVIDENCE and piece.digest == proven and not piece.ended_at for piece in pieces):
        evidence.revoke(account, {sc.EVIDENCE}, "certificate_revoked")
