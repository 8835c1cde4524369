"""A relying party as a member of the federation (OpenID Federation 1.0 §1.2): who it is and who vouches for it.

Nobody registers it at the provider: its superiors state its federation keys, its own entity configuration states the
rest, and what they leave of it is its registration.
"""

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tongxing_client import client_authentication, errors, transport
from tongxing_client.request_delivery import RequestDelivery
from tongxing_client.signing_key import SigningKey

_LONGEST_ID = 255
_SHORTEST_LIFE, _LONGEST_LIFE = 600, 30 * 86_400


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One relying party in the federation.

    ``entity_id`` is its address and its ``client_id``. The first of ``federation_keys`` signs the entity
    configuration, the first of ``protocol_keys`` requests; all are published, so that a new one can be known before
    it is used. ``authority_hints`` are the entity identifiers of its superiors. ``metadata`` is the relying party's
    (RFC 7591 §2, ``openid_relying_party``) beyond what the kit knows by itself; ``federation_metadata`` is the
    organisation's (``federation_entity``). ``trust_marks`` gives what stands under that name (§3.1.2).
    ``signs_requests`` and ``pushes_requests``: at least one. With ``hears_events`` it is declared as a receiver of
    events. ``seconds`` is how long an entity configuration is good; it is renewed when half of that is over.
    """

    entity_id: str
    federation_keys: Sequence[SigningKey]
    protocol_keys: Sequence[SigningKey]
    authority_hints: Sequence[str]
    metadata: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    federation_metadata: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    trust_marks: Callable[[], Sequence[Mapping[str, str]]] = tuple
    trust_chain: Callable[[], Sequence[str]] = tuple
    signs_requests: bool = True
    pushes_requests: bool = False
    hears_events: bool = False
    seconds: int = 86_400

    def __post_init__(self) -> None:
        for name, address in (
            ("entity_id", self.entity_id),
            *(("authority_hints", a) for a in self.authority_hints),
        ):
            if not is_entity_id(address):
                raise errors.WrongSettings(f"{name}: {address[:_LONGEST_ID]!r} is not an entity identifier")
        if not self.authority_hints:
            raise errors.WrongSettings("authority_hints: somebody has to vouch for us")
        if not self.federation_keys or not self.protocol_keys:
            raise errors.WrongSettings("federation_keys and protocol_keys need one key each")
        used = [{key.thumbprint for key in keys} for keys in (self.federation_keys, self.protocol_keys)]
        if used[0] & used[1]:
            raise errors.WrongSettings("a federation key is not to be a protocol key too")
        if not self.signs_requests and not self.pushes_requests:
            raise errors.WrongSettings("a federated relying party signs its requests, pushes them, or both")
        if not _SHORTEST_LIFE <= self.seconds <= _LONGEST_LIFE:
            raise errors.WrongSettings(f"seconds is between {_SHORTEST_LIFE} and {_LONGEST_LIFE}")

    def authentication(
        self, now: Callable[[], float] = time.time
    ) -> client_authentication.ClientAuthentication:
        """How it proves itself at the provider's endpoints."""
        return client_authentication.PrivateKeyJwt(self.protocol_keys[0], now=now)

    def request_delivery(self) -> RequestDelivery:
        """How its requests reach the provider."""
        return RequestDelivery(
            key=self.protocol_keys[0] if self.signs_requests else None,
            is_pushed=self.pushes_requests,
            trust_chain=self.trust_chain,
        )


def is_entity_id(text: str) -> bool:
    """Whether ``text`` can name an entity (§1.2): an https address (http on this machine) without query."""
    is_address = transport.is_safe_url(text) and "?" not in text and not text.endswith("/")
    return is_address and len(text) <= _LONGEST_ID
