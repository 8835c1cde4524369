"""Subject identifiers (OIDC Core §8): what a relying party knows a person by.

Pairwise for everybody: relying parties of one sector see one value, different sectors cannot compare notes.
It derives from the account's subject id, which outlives the account row.
"""

import base64
import hmac
from uuid import UUID

from idp.keys import secret
from idp.keys.secret import SECRETS


def pairwise(subject_id: UUID, sector: str) -> str:
    """Return the 43-character subject of a person towards the relying parties of *sector*."""
    return _derive(subject_id, f"sector:{sector}")


def public(subject_id: UUID) -> str:
    """Return the subject that every relying party registered with ``subject_type: public`` sees."""
    return _derive(subject_id, "public")


def _derive(subject_id: UUID, scope: str) -> str:
    key = SECRETS.get().get(secret.PAIRWISE)
    digest = hmac.digest(key, subject_id.bytes + scope.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
