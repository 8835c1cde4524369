"""The session id that one relying party sees (OIDC Front-Channel Logout §3, Back-Channel Logout §2.1).

Each relying party gets its own, so that two of them cannot tell that one browser visited both: a common value would
undo pairwise subjects.
"""

import base64
from uuid import UUID

from idp.keys import field_cipher

BYTES = 18


def of(session_id: UUID, client_id: str) -> str:
    """Return the ``sid`` of a session towards one relying party: always the same, telling nothing else."""
    digest = field_cipher.secret_digest("sid", f"{session_id}\0{client_id}")
    return base64.urlsafe_b64encode(digest[:BYTES]).decode()
