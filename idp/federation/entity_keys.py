"""The keys with which an entity signs its statements (OpenID Federation 1.0 §3.1.1 ``jwks``). Pure.

Each has a name of its own (``kid``). Keys of a kind that nobody here can use are passed over (RFC 7517 §5), but a set
that shows private material is refused whole: its owner must know.
"""

from joserfc.jwk import Key, KeySet

from idp.keys import jwk_rules

_KINDS = tuple(jwk_rules.MEMBERS)
_ALGS = (*jwk_rules.SIGNING_ALGS, "Ed25519")


def read(value: object) -> KeySet:
    """Return the usable keys of a JWK Set; raises ValueError with the reason."""
    documents = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(documents, list):
        raise ValueError('must be a JWK Set: {"keys": [...]}')  # noqa: TRY004 - a statement's mistake
    if not 1 <= len(documents) <= jwk_rules.MOST_KEYS:
        raise ValueError(f"must hold 1 to {jwk_rules.MOST_KEYS} keys")
    keys: list[Key] = []
    names: set[str] = set()
    for number, document in enumerate(documents):
        kid = document.get("kid") if isinstance(document, dict) else None
        if not isinstance(kid, str) or not kid or kid in names:
            raise ValueError(f"keys[{number}] needs a kid of its own")
        names.add(kid)
        if _is_usable(document):
            try:
                keys.append(jwk_rules.public_key(document))
            except ValueError as error:
                raise ValueError(f"keys[{number}] {error}") from error
    if not keys:
        raise ValueError("holds no key that can be used here: EC on P-256, RSA, or OKP on Ed25519")
    return KeySet(keys)


def find(keys: KeySet, kid: str) -> Key | None:
    """Return the key of that name."""
    return next((key for key in keys.keys if key.kid == kid), None)


def _is_usable(document: dict[str, object]) -> bool:
    if any(name in document for name in jwk_rules.PRIVATE_MEMBERS):
        return True
    kind = (document.get("kty"), document.get("crv", ""))
    alg = document.get("alg", jwk_rules.SIGNING_ALGS[0])
    return kind in _KINDS and document.get("use", "sig") == "sig" and alg in _ALGS
