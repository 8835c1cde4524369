"""Tell the provider which older account of ours a person has (its docs/linking.md); 〔Tongxing〕.

Three ways, and a system offers those it likes: the person logs in to the older account at our ``account_linking_uri``
(``answer``), our counter gives out a one-time code (``issue_code``), or we check what the person typed at the provider
(``check_question`` at our ``account_check_uri``). From then on the claim ``legacy_id`` says which account it is.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from tongxing_client import client_authentication, discovery, errors, jwks, jwt, transport

SCOPE = "legacy_id"
CLAIM = "legacy_id"
QUESTION_TYPE = "account-check+jwt"
_INVALID = errors.AccountQuestionInvalid
_MAX_AGE_OF_QUESTION = 120
_MAX_CHARACTERS = 255
_OK = 200


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A code for one older account, good once and for so many ``seconds``."""

    code: str = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True)
class AccountQuestion:
    """What a person typed at the provider: which older account it is, and what only its owner knows."""

    account: str = field(repr=False)
    answer: str = field(repr=False)


class AccountLinks:
    """The provider's endpoints for linking, asked with our own authentication."""

    def __init__(
        self,
        http: transport.Transport,
        metadata: discovery.ProviderMetadata,
        client_id: str,
        authentication: client_authentication.ClientAuthentication,
    ) -> None:
        self._http = http
        self._metadata = metadata
        self._client_id = client_id
        self._authentication = authentication

    def answer(self, link_request: str, legacy_id: str) -> str:
        """Say which account was logged in to; the address at the provider to send the browser back to.

        ``RequestRefused`` 404: the request is too old, answered, or not ours.
        """
        form = {"link_request": link_request, "legacy_id": legacy_id}
        found = self._ask("account_link_endpoint", form).get("return_uri")
        # Nobody is sent anywhere but to the provider.
        if not isinstance(found, str) or not found.startswith(f"{self._metadata.issuer}/"):
            raise errors.BadProviderAnswer("account_link: return_uri is not at the provider")
        return found

    def issue_code(self, legacy_id: str, seconds: int | None = None) -> LinkCode:
        """A new code for an older account; earlier ones for it are void."""
        form = {"legacy_id": legacy_id} | ({} if seconds is None else {"expires_in": str(seconds)})
        found = self._ask("account_link_code_endpoint", form)
        code, life = found.get("code"), found.get("expires_in")
        if not isinstance(code, str) or not code or isinstance(life, bool) or not isinstance(life, int):
            raise errors.BadProviderAnswer("account_link_code: code or expires_in is missing")
        return LinkCode(code, life)

    def _ask(self, name: str, form: dict[str, str]) -> dict[str, object]:
        endpoint = self._metadata.document.get(name)
        if not isinstance(endpoint, str) or not transport.is_safe_url(endpoint):
            raise errors.BadProviderAnswer(f"discovery: {name} is not an https URL")
        headers = dict[str, str]()
        self._authentication.apply(self._client_id, self._metadata.issuer, form, headers)
        answered = self._http.post(endpoint, form, headers)
        if answered.status != _OK:
            raise errors.RequestRefused(name.removesuffix("_endpoint"), answered.status, answered.error())
        return answered.json()


def check_question(
    token: str,
    keys: jwks.KeySet,
    *,
    issuer: str,
    client_id: str,
    is_first_use: Callable[[str, float], bool],
    now: float,
    algorithms: Collection[str] = jwks.ALGORITHMS,
    leeway: float = 30,
) -> AccountQuestion:
    """What was typed; ``AccountQuestionInvalid`` names the first check that fails (answer 400 then).

    ``is_first_use(jti, seconds)`` must remember ``jti`` for ``seconds`` and say whether it was new.
    """
    opened = jwt.verify(token, keys, algorithms, _INVALID)
    claims = opened.claims
    if str(opened.header.get("typ", "")).lower() not in {QUESTION_TYPE, f"application/{QUESTION_TYPE}"}:
        raise _INVALID("typ", f"not {QUESTION_TYPE}")
    jwt.check_issuer(claims, issuer, _INVALID)
    jwt.check_audience(claims, client_id, (), _INVALID)
    jwt.check_times(claims, now, leeway, _MAX_AGE_OF_QUESTION, _INVALID)
    account, answer, jti = (_text(claims.get(name), name) for name in ("account", "answer", "jti"))
    # Last, so that only a question that is good in all else uses up its jti.
    if not is_first_use(jti, _MAX_AGE_OF_QUESTION + 2 * leeway):
        raise _INVALID("jti", "used before")
    return AccountQuestion(account, answer)


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_CHARACTERS or not value.isprintable():
        raise _INVALID(name, "not a text of bearable length")
    return value
