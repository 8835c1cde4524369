"""What stays on record of where a login came from: enough for its owner to know it again, and no address."""

from idp import network_address
from idp.keys import field_cipher
from idp.sessions import user_agent


def address_digest(address: str) -> str:
    """Return what stands for an address on record: keyed, because there are few addresses to guess from."""
    return field_cipher.blind_index("address", address).hex()[:32]


def of(agent: str, address: str) -> dict[str, str | None]:
    """Return what the owner can later recognise a login by, and nobody else a person: no address, no full header."""
    return {
        "device": user_agent.name(agent),
        "network": network_address.kind(address),
        "address_digest": address_digest(address),
    }
