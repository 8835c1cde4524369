"""Answer a person's request to delete what this site keeps about them (PIPL art. 47); 〔Tongxing〕.

The request comes as an event (``event_types.DELETION_REQUESTED``) with the id that the answer carries.
"""

from tongxing_client import client_token, discovery, errors, transport

COMPLETED = "completed"
PARTIAL = "partial"
REFUSED = "refused"
IN_PROGRESS = "in_progress"
ANSWERS = (COMPLETED, PARTIAL, REFUSED, IN_PROGRESS)
_ENDPOINT = "data_deletion_endpoint"


def answer(
    http: transport.Transport,
    metadata: discovery.ProviderMetadata,
    own: client_token.ClientToken,
    request_id: str,
    status: str,
    reason: str = "",
) -> None:
    """Say what became of it: ``status`` is one of ``ANSWERS``, ``reason`` is read by the person."""
    if status not in ANSWERS:
        raise errors.WrongSettings(f"the answer to a deletion is one of {', '.join(ANSWERS)}")
    endpoint = metadata.document.get(_ENDPOINT)
    if not transport.is_safe_url(endpoint):
        raise errors.BadProviderAnswer(f"discovery: {_ENDPOINT} is not an https URL")
    content = {"request_id": request_id, "status": status} | ({"reason": reason} if reason else {})
    client_token.send(http, own, "POST", str(endpoint), content)
