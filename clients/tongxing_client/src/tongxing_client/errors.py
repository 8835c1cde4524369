"""What can go wrong on the way of a login, as one family of exceptions.

::

    TongxingError
    ├── WrongSettings                    the relying party itself is set up wrongly
    ├── ProviderUnavailable              no answer, too slow, or 5xx: try again later
    │   └── BadProviderAnswer            an answer that is not what the specification says
    ├── AuthorizationRefused             the provider's error answer (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6)
    │   ├── AccessDenied  LoginRequired  InteractionRequired  ConsentRequired  AccountSelectionRequired
    │   ├── UnmetAuthenticationRequirements
    │   ├── SiteRefused                  the provider does not, or no longer, know this relying party
    │   └── ProviderBusy                 server_error, temporarily_unavailable
    ├── CallbackRefused                  the way back is not to be trusted
    │   ├── StateUnknown  IssuerMismatch
    ├── TokenRefused                     the token endpoint's error answer (RFC 6749 §5.2)
    │   └── InvalidGrant
    ├── UserinfoRefused                  RFC 6750 §3.1, or another person's claims
    ├── TokenInvalid                     a signed token that fails one of its checks
    │   ├── IdTokenInvalid
    │   ├── AccountQuestionInvalid
    │   ├── LogoutTokenInvalid
    │   │   └── LogoutTokenReplayed      good in all else, but its jti was seen before
    │   └── SecurityEventTokenInvalid
    ├── ClockBehind                      a good token from the near future: once our clock is right, it is
    ├── RequestRefused                   what we asked for ourselves (streams, deletions) was refused
    ├── LoginNeeded                      nobody is logged in
    ├── StepUpNotReached                 logged in, but not at the level the page needs
    └── MandateMissing                   acting for another, but not for what the page is for

``str(error)`` is for logs and never holds a token, a code or a secret. What a person may read is made from
the kind of error by ``error_page``.
"""

_MAX_DETAIL = 300


def _one_line(text: str) -> str:
    # What somebody else wrote must not make up lines of a log.
    return "".join(character if character.isprintable() else " " for character in text[:_MAX_DETAIL])


class TongxingError(Exception):
    """The root of the family; ``code`` is a stable word for logs and machines."""

    code = "error"
    status = 400


class WrongSettings(TongxingError):
    """The relying party's own settings cannot work."""

    code = "wrong_settings"
    status = 500


class ProviderUnavailable(TongxingError):
    """The provider gave no usable answer in time; trying again later may help."""

    code = "provider_unavailable"
    status = 503


class BadProviderAnswer(ProviderUnavailable):
    """The provider answered with something its specification does not allow."""

    code = "bad_provider_answer"


class AuthorizationRefused(TongxingError):
    """The authorization endpoint answered with an error (RFC 6749 §4.1.2.1)."""

    code = "authorization_refused"

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(_one_line(f"{error}: {description}" if description else error))
        self.error = error
        self.description = description


class AccessDenied(AuthorizationRefused):
    """The person, or the provider for them, said no."""

    code = "access_denied"
    status = 403


class InteractionRequired(AuthorizationRefused):
    """``prompt=none`` was asked for and cannot be done without a page (OIDC Core §3.1.2.6)."""

    code = "interaction_required"


class LoginRequired(InteractionRequired):
    """``prompt=none`` was asked for and nobody is logged in at the provider."""

    code = "login_required"


class ConsentRequired(InteractionRequired):
    """``prompt=none`` was asked for and the person has not agreed yet."""

    code = "consent_required"


class AccountSelectionRequired(InteractionRequired):
    """``prompt=none`` was asked for and the person has to choose an account."""

    code = "account_selection_required"


class UnmetAuthenticationRequirements(AuthorizationRefused):
    """The level asked for cannot be reached (OIDC Unmet Authentication Requirements 1.0)."""

    code = "unmet_authentication_requirements"
    status = 403


class SiteRefused(AuthorizationRefused):
    """The provider does not take requests of this relying party (RFC 9126 §2.3, OpenID Federation 1.0 §8.9)."""

    code = "site_refused"
    status = 403


class ProviderBusy(AuthorizationRefused):
    """The provider met trouble of its own: ``server_error`` or ``temporarily_unavailable``."""

    code = "provider_busy"
    status = 503


class CallbackRefused(TongxingError):
    """What came to the redirect URI is not a well-formed answer to this request."""

    code = "callback_refused"


class StateUnknown(CallbackRefused):
    """The answer belongs to no login begun in this browser, or to one already finished (RFC 6749 §10.12)."""

    code = "state_unknown"


class IssuerMismatch(CallbackRefused):
    """The answer comes from another provider: a mix-up attack (RFC 9207)."""

    code = "issuer_mismatch"


class TokenRefused(TongxingError):
    """The token endpoint answered with an error (RFC 6749 §5.2)."""

    code = "token_refused"

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(_one_line(f"{error}: {description}" if description else error))
        self.error = error
        self.description = description


class InvalidGrant(TokenRefused):
    """The code or refresh token is spent, expired or revoked: the person logs in again."""

    code = "invalid_grant"


class UserinfoRefused(TongxingError):
    """The userinfo endpoint refused the access token (RFC 6750 §3.1) or answered about somebody else."""

    code = "userinfo_refused"


class TokenInvalid(TongxingError):
    """A signed token fails a check; ``check`` names which (``signature``, ``alg``, ``iss``, ``aud``, …)."""

    code = "token_invalid"

    def __init__(self, check: str, detail: str) -> None:
        super().__init__(f"{check}: {detail}")
        self.check = check


class IdTokenInvalid(TokenInvalid):
    """An ID token that fails OIDC Core §3.1.3.7."""

    code = "id_token_invalid"


class LogoutTokenInvalid(TokenInvalid):
    """A logout token that fails OIDC Back-Channel Logout §2.6."""

    code = "logout_token_invalid"


class LogoutTokenReplayed(LogoutTokenInvalid):
    """A logout token whose ``jti`` was seen before: told twice, or replayed; it must not end anything again."""


class AccountQuestionInvalid(TokenInvalid):
    """A question about an older account that is not the provider's, not for us, too old, or came before."""

    code = "account_question_invalid"


class SecurityEventTokenInvalid(TokenInvalid):
    """A security event token that fails RFC 8417 or the profile of Shared Signals 1.0."""

    code = "security_event_token_invalid"


class ClockBehind(TongxingError):
    """What the provider tells comes from the near future: the clock here is behind. Nothing is lost: it comes again."""

    code = "clock_behind"
    status = 503


class RequestRefused(TongxingError):
    """An endpoint for the relying party itself refused what we asked for; ``http_status`` as it came."""

    code = "request_refused"

    def __init__(self, place: str, http_status: int = 0, error: str = "") -> None:
        super().__init__(_one_line(f"{place}: status {http_status} {error}".rstrip()))
        self.http_status = http_status
        self.error = error


class LoginNeeded(TongxingError):
    """Nobody is logged in, or no longer."""

    code = "login_needed"
    status = 401


class StepUpNotReached(TongxingError):
    """The provider was asked for a level and answered with less."""

    code = "step_up_not_reached"
    status = 403


class MandateMissing(TongxingError):
    """Acting for another, but not by a mandate that covers what the page is for."""

    code = "mandate_missing"
    status = 403


_BY_ERROR: dict[str, type[AuthorizationRefused]] = {
    "access_denied": AccessDenied,
    "interaction_required": InteractionRequired,
    "login_required": LoginRequired,
    "consent_required": ConsentRequired,
    "account_selection_required": AccountSelectionRequired,
    "unmet_authentication_requirements": UnmetAuthenticationRequirements,
    "invalid_client": SiteRefused,
    "unauthorized_client": SiteRefused,
    "invalid_metadata": SiteRefused,
    "invalid_subject": SiteRefused,
    "invalid_trust_anchor": SiteRefused,
    "invalid_trust_chain": SiteRefused,
    "server_error": ProviderBusy,
    "temporarily_unavailable": ProviderBusy,
}


def authorization_refused(error: str, description: str = "") -> AuthorizationRefused:
    """The exception that an error answer of the authorization endpoint stands for."""
    return _BY_ERROR.get(error, AuthorizationRefused)(error, description)
