"""Where a person who came from another province is still logged in, once they have logged out here."""

from urllib.parse import urlencode

from flask_babel import get_locale

from idp.recognition import other_provider, tables
from idp.recognition.recognised_session import RecognisedSession
from idp.recognition.refused import Refused
from idp.settings import SETTINGS


def link(rests_on: RecognisedSession) -> tuple[str, str]:
    """Return name and logout address of that province (RP-Initiated Logout 1.0 §2); nothing when it cannot be told.

    With no transaction open: the federation may be asked.
    """
    known = tables.find()
    member = known.find_other(rests_on.issuer) if known else None
    if member is None:
        return "", ""
    try:
        provider = other_provider.get(rests_on.issuer)
    except Refused:
        return "", ""
    if not provider.end_session_endpoint:
        return "", ""
    own = SETTINGS.get().issuer
    query = urlencode(
        {"id_token_hint": rests_on.id_token, "client_id": own, "post_logout_redirect_uri": f"{own}/"}
    )
    return member.name(str(get_locale())), f"{provider.end_session_endpoint}?{query}"
