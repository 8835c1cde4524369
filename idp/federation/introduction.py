"""An entity that is to be added below an authority here: its configuration is fetched, verified, and shown first.

What is taken over is what was shown: the thumbprints of its keys (RFC 7638) and all it says of itself are compared
again when it is added, so that nobody slips other keys in between, nor it more items or the powers of an authority.
Whether the keys are the right ones only a person can tell who has them from the entity's own people, by another way.
"""

import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import KeySet

from idp import clock
from idp.errors import InvalidInput, Unavailable
from idp.federation import entity_statement, fetching
from idp.federation.entity_statement import EntityStatement, InvalidStatement
from idp.federation.fetching import FETCHER, Outcome
from idp.settings import SETTINGS

FEDERATION_ENTITY = "federation_entity"
RELYING_PARTY = "openid_relying_party"
PATIENCE = 2.0
LONGEST_NAME = 200
MOST_ITEMS = 100
_ITEM = re.compile(r"[!-~]{1,64}")
_TYPE = re.compile(r"[!-~]{1,100}")
_DIVISION = re.compile(r"[1-9][0-9]{5}(?:[0-9]{3}){0,2}")


@dataclass(frozen=True)
class Introduction:
    """What an entity says of itself, as far as a superior needs it."""

    entity_id: str
    names: Mapping[str, str]
    entity_types: tuple[str, ...]
    is_authority: bool
    division_code: str
    item_codes: tuple[str, ...]
    authority_hints: tuple[str, ...]
    keys: tuple[dict[str, str], ...]
    jwks: Mapping[str, Any] = field(repr=False)
    metadata: Mapping[str, Mapping[str, Any]] = field(repr=False)

    @property
    def digest(self) -> str:
        """Stands for identifier, keys and metadata: what must be the same when it is added."""
        keys = sorted(key["thumbprint"] for key in self.keys)
        whole = json.dumps([self.entity_id, keys, self.metadata], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()


def look(entity_id: str) -> Introduction:
    """Fetch and verify the entity's configuration; raises InvalidInput with what is wrong, Unavailable when away."""
    try:
        question = fetching.configuration(entity_id)
    except ValueError as error:
        raise InvalidInput("entity_identifier", str(error), field="entity") from error
    deadline = time.monotonic() + SETTINGS.get().federation.resolve_seconds
    with FETCHER.get().looking_into_stranger(PATIENCE) as free:
        if not free:
            raise Unavailable("federation_busy", detail="too many entities at one time", retry_after=5)
        (answer,) = FETCHER.get().ask([question], deadline=deadline, known=False)
    if answer.outcome != Outcome.GIVEN:
        rule = "unreachable" if answer.outcome == Outcome.AWAY else "no_configuration"
        raise InvalidInput(rule, answer.reason, field="entity")
    try:
        statement = entity_statement.read(answer.token)
        entity_statement.check_time(statement, clock.timestamp())
        entity_statement.verify(statement, statement.jwks)
    except InvalidStatement as error:
        raise InvalidInput(error.rule, str(error.value), field="entity") from error
    if not statement.is_configuration or statement.sub != entity_id:
        raise InvalidInput("sub", statement.sub, field="entity")
    if not all(_TYPE.fullmatch(name) for name in statement.metadata):
        raise InvalidInput("metadata", "an entity type is a word of at most 100 letters", field="entity")
    return _introduction(statement)


def thumbprints(jwks: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return each public key's ``kid``, ``thumbprint`` (RFC 7638, SHA-256) and algorithm."""
    return [_shown(document) for document in jwks.get("keys", ())]


def _introduction(statement: EntityStatement) -> Introduction:
    jwks = {"keys": [dict(key.as_dict(private=False)) for key in statement.jwks.keys]}
    metadata = statement.metadata
    party, own = metadata.get(RELYING_PARTY, {}), metadata.get(FEDERATION_ENTITY, {})
    return Introduction(
        entity_id=statement.sub,
        names=_names(party, "client_name") or _names(own, "organization_name"),
        entity_types=tuple(metadata),
        is_authority="federation_fetch_endpoint" in own,
        division_code=_text(party.get("division_code")) or _text(own.get("division_code")),
        item_codes=_codes(party.get("item_codes")),
        authority_hints=tuple(statement.authority_hints),
        keys=tuple(thumbprints(jwks)),
        jwks=jwks,
        metadata=metadata,
    )


def _names(about: Mapping[str, Any], member: str) -> dict[str, str]:
    said = {
        name.partition("#")[2] or "zh-Hans": value.strip()[:LONGEST_NAME]
        for name, value in about.items()
        if name.partition("#")[0] == member
        and isinstance(value, str)
        and value.isprintable()
        and value.strip()
    }
    return {tag: name for tag, name in said.items() if len(tag) <= len("zh-Hans-CN")}


def _codes(value: object) -> tuple[str, ...]:
    codes = value if isinstance(value, list) else []
    return tuple(one for one in codes[:MOST_ITEMS] if isinstance(one, str) and _ITEM.fullmatch(one))


def _text(value: object) -> str:
    return value if isinstance(value, str) and _DIVISION.fullmatch(value) else ""


def _shown(document: Mapping[str, Any]) -> dict[str, str]:
    key = KeySet.import_key_set({"keys": [dict(document)]}).keys[0]
    return {
        "kid": str(document.get("kid", "")),
        "thumbprint": key.thumbprint(),
        "alg": str(document.get("alg", "")),
    }
