"""Read what came to the redirect URI (RFC 6749 §4.1.2, RFC 9207 §2.4) and hand out the code.

``state`` is compared first, then ``iss``, then an error is believed, then the code: so that nobody but our
provider, answering this very request, gets a reaction.
"""

from collections.abc import Iterable, Mapping

from tongxing_client import authorization_request, discovery, errors, jwt

MAX_CHARACTERS = 8 * 1024
_READ = ("state", "iss", "error", "error_description", "code")


def read(parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The parameters we know, each at most once (RFC 6749 §3.1) and of a bearable length."""
    found: dict[str, str] = {}
    for name, value in parameters:
        if name not in _READ:
            continue
        if name in found:
            raise errors.CallbackRefused(f"{name} is repeated")
        if len(value) > MAX_CHARACTERS:
            raise errors.CallbackRefused(f"{name} is too long")
        found[name] = value
    return found


def get_code(
    answer: Mapping[str, str],
    request: authorization_request.AuthorizationRequest,
    metadata: discovery.ProviderMetadata,
) -> str:
    """The authorization code in ``answer`` to ``request``.

    Raises ``StateUnknown``, ``IssuerMismatch``, the ``AuthorizationRefused`` that the provider's error
    stands for, or ``CallbackRefused`` when there is neither error nor code.
    """
    if not jwt.is_same(answer.get("state"), request.state):
        raise errors.StateUnknown("state is not the one of this request")
    if "iss" in answer and answer["iss"] != metadata.issuer:
        raise errors.IssuerMismatch("iss is not our provider")
    if metadata.sends_iss and "iss" not in answer:
        raise errors.IssuerMismatch("iss is missing though the provider always sends it")
    if answer.get("error"):
        raise errors.authorization_refused(answer["error"], answer.get("error_description", ""))
    if not answer.get("code"):
        raise errors.CallbackRefused("neither error nor code")
    return answer["code"]
