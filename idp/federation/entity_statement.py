"""Entity statements: what an entity says of itself, and what a superior says of it (OpenID Federation 1.0 §3). Pure.

`read` judges the shape, `verify` the signature, `check_time` whether it is in force; who may say what of whom is the
chain's to judge. Entity identifiers count here as in the sandbox; who fetches them is stricter (`entity_id.check`).
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from weakref import WeakValueDictionary

from joserfc.jwk import KeySet

from idp.federation import constraints, entity_id, entity_keys, signed_jwt, statement_claims
from idp.federation.constraints import Constraints
from idp.federation.signed_jwt import JwtRefused
from idp.federation.statement_claims import TrustMarkOwner

TYPE = "entity-statement+jwt"
# The last ones that were read stay for a while; longer ones do not.
RECENT, SHORT = 300, 16_384
NOTHING: Mapping[str, Any] = MappingProxyType({})
CONFIGURATION_ONLY = (
    *("authority_hints", "trust_anchor_hints"),
    *("trust_marks", "trust_mark_issuers", "trust_mark_owners"),
)
SUBORDINATE_ONLY = ("constraints", "metadata_policy", "metadata_policy_crit", "source_endpoint")
DEFINED = frozenset(
    {"iss", "sub", "iat", "exp", "jwks", "metadata", "crit", "aud", "trust_anchor"}
    | {*CONFIGURATION_ONLY, *SUBORDINATE_ONLY}
)


class InvalidStatement(Exception):
    """No entity statement that counts: the rule it breaks (a claim, ``signature``, …) and what stood there."""

    def __init__(self, rule: str, value: Any = None) -> None:
        super().__init__(rule)
        self.rule, self.value = rule, value


@dataclass(frozen=True)
class EntityStatement:
    """One statement, read. Times in seconds since 1970; ``claims`` holds everything that was signed."""

    token: str = field(repr=False)
    kid: str
    alg: str
    iss: str
    sub: str
    iat: int
    exp: int
    jwks: KeySet = field(repr=False, compare=False)
    claims: Mapping[str, Any] = field(repr=False, hash=False)
    authority_hints: tuple[str, ...] = ()
    constraints: Constraints | None = None
    trust_marks: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    trust_mark_issuers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False, hash=False)
    trust_mark_owners: Mapping[str, TrustMarkOwner] = field(default_factory=dict, repr=False, hash=False)
    # Thumbprints of the keys that it was verified with: a signature is right or wrong for ever.
    verified_by: set[str] = field(default_factory=set, repr=False, compare=False)

    @property
    def is_configuration(self) -> bool:
        """Whether the entity speaks of itself; else a superior speaks of a subordinate."""
        return self.iss == self.sub

    @property
    def metadata(self) -> Mapping[str, Mapping[str, Any]]:
        """Entity type → parameter → value."""
        found: Mapping[str, Mapping[str, Any]] = self.claims.get("metadata", NOTHING)
        return found

    @property
    def metadata_policy(self) -> Mapping[str, Any] | None:
        """The policy as it was signed; `metadata_policy.read` judges it."""
        found: Mapping[str, Any] | None = self.claims.get("metadata_policy")
        return found

    @property
    def metadata_policy_crit(self) -> Sequence[str]:
        """The operators beyond the standard that must be understood."""
        found: Sequence[str] = self.claims.get("metadata_policy_crit", ())
        return found

    @property
    def source_endpoint(self) -> str | None:
        """Where this subordinate statement was fetched."""
        found: str | None = self.claims.get("source_endpoint")
        return found

    @property
    def entity_types(self) -> frozenset[str]:
        """What the entity is."""
        return frozenset(self.metadata)


_SHARED: WeakValueDictionary[str, EntityStatement] = WeakValueDictionary()
_RECENT: deque[EntityStatement] = deque(maxlen=RECENT)


def read(token: str, *, longest: int = signed_jwt.LONGEST) -> EntityStatement:
    """Return the statement; raises InvalidStatement. Nothing is verified yet.

    The same text gives the same object while anybody has it: the statements of a province stand in thousands of chains.
    """
    known = _SHARED.get(token)
    if known is not None and len(token) <= longest:
        return known
    statement = _read(token, longest)
    _SHARED[token] = statement
    if len(token) <= SHORT:
        _RECENT.append(statement)
    return statement


def _read(token: str, longest: int) -> EntityStatement:
    try:
        signed = signed_jwt.read(token, typ=TYPE, longest=longest)
        claims = signed.claims
        iss, sub = _entity(claims, "iss"), _entity(claims, "sub")
        _check_place(claims, configuration=iss == sub)
        _check_critical(claims)
        iat, exp = _times(claims)
        statement_claims.check_metadata(claims)
        statement_claims.check_policy(claims)
        return EntityStatement(
            token=token,
            kid=signed.kid,
            alg=signed.alg,
            iss=iss,
            sub=sub,
            iat=iat,
            exp=exp,
            jwks=statement_claims.keys(claims),
            claims=claims,
            authority_hints=statement_claims.entities(claims, "authority_hints"),
            constraints=_constraints(claims),
            trust_marks=statement_claims.trust_marks(claims),
            trust_mark_issuers=statement_claims.trust_mark_issuers(claims),
            trust_mark_owners=statement_claims.trust_mark_owners(claims),
        )
    except JwtRefused as refused:
        raise InvalidStatement(refused.rule, refused.value) from refused


def verify(statement: EntityStatement, keys: KeySet) -> None:
    """Raise InvalidStatement unless one of *keys* signed it: the one that it names."""
    key = entity_keys.find(keys, statement.kid)
    name = key.thumbprint() if key is not None else ""
    if name in statement.verified_by:
        return
    signed = signed_jwt.SignedJwt(statement.token, statement.kid, statement.alg, NOTHING, NOTHING)
    try:
        signed_jwt.verify(signed, keys)
    except JwtRefused as refused:
        raise InvalidStatement(refused.rule, refused.value) from refused
    statement.verified_by.add(name)


def check_time(statement: EntityStatement, now: int) -> None:
    """Raise InvalidStatement unless it is in force at *now* (seconds since 1970)."""
    try:
        signed_jwt.check_time(statement.iat, statement.exp, now)
    except JwtRefused as refused:
        raise InvalidStatement(refused.rule, refused.value) from refused


def check_audience(statement: EntityStatement, audience: str | None) -> None:
    """Raise InvalidStatement when it was made for somebody else than *audience* (§12.2.1).

    A statement without ``aud`` is for everybody; one with it counts only where somebody is named.
    """
    aud = statement.claims.get("aud", audience)
    if aud not in (audience, [audience]):
        raise InvalidStatement("aud", signed_jwt.shown(aud))


def _entity(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not entity_id.is_valid(value, sandbox=True):
        raise JwtRefused(name, value)
    return value


def _times(claims: Mapping[str, Any]) -> tuple[int, int]:
    iat, exp = signed_jwt.seconds(claims, "iat"), signed_jwt.seconds(claims, "exp")
    if exp <= iat:
        raise JwtRefused("exp", exp)
    return iat, exp


def _check_place(claims: Mapping[str, Any], *, configuration: bool) -> None:
    """Each claim only where it belongs (§3.2)."""
    for name in (*(SUBORDINATE_ONLY if configuration else CONFIGURATION_ONLY), "trust_anchor"):
        if name in claims:
            raise JwtRefused(name, claims[name])
    statement_claims.entities(claims, "trust_anchor_hints")
    endpoint = claims.get("source_endpoint", "https:")
    if not isinstance(endpoint, str) or not endpoint.startswith(("https:", "http:")):
        raise JwtRefused("source_endpoint", endpoint)


def _check_critical(claims: Mapping[str, Any]) -> None:
    """No claim beyond the specification is understood here, so none may be critical (§13.4)."""
    if "crit" not in claims:
        return
    names = statement_claims.texts(claims, "crit")
    unknown = [name for name in names if name not in DEFINED]
    raise JwtRefused("crit", unknown[0] if unknown else names[0])


def _constraints(claims: Mapping[str, Any]) -> Constraints | None:
    if "constraints" not in claims:
        return None
    try:
        return constraints.read(claims["constraints"])
    except ValueError as error:
        raise JwtRefused("constraints", str(error)) from error
