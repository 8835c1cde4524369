"""Answer a person's request to delete what this site keeps about them (PIPL art. 47); 〔Tongxing〕.

The request comes as an event (``event_types.DELETION_REQUESTED``) whose ``request_id`` the answer carries. The same
answer twice is one answer.
"""

from tongxing_client import client_authentication, discovery, errors, transport

COMPLETED = "completed"
PARTIAL = "partial"
REFUSED = "refused"
IN_PROGRESS = "in_progress"
ANSWERS = (COMPLETED, PARTIAL, REFUSED, IN_PROGRESS)
_NEED_REASON = (PARTIAL, REFUSED)
_ENDPOINT = "data_deletion_endpoint"
_OK = 200


def answer(
    http: transport.Transport,
    metadata: discovery.ProviderMetadata,
    client_id: str,
    authentication: client_authentication.ClientAuthentication,
    request_id: str,
    status: str,
    reason: str = "",
) -> None:
    """Say what became of it: ``status`` is one of ``ANSWERS``; the person reads ``reason`` (PIPL art. 50).

    ``RequestRefused`` 404: no such request of ours; 409: another last answer of ours stands.
    """
    if status not in ANSWERS:
        raise errors.WrongSettings(f"the answer to a deletion is one of {', '.join(ANSWERS)}")
    if status in _NEED_REASON and not reason:
        raise errors.WrongSettings(f"{status} needs a reason")
    endpoint = metadata.document.get(_ENDPOINT)
    if not isinstance(endpoint, str) or not transport.is_safe_url(endpoint):
        raise errors.BadProviderAnswer(f"discovery: {_ENDPOINT} is not an https URL")
    form, headers = {"request_id": request_id, "status": status, "reason": reason}, dict[str, str]()
    authentication.apply(client_id, metadata.issuer, form, headers)
    answered = http.post(endpoint, form, headers)
    if answered.status != _OK:
        raise errors.RequestRefused("data_deletion", answered.status, answered.error())
