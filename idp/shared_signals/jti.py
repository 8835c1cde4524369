"""The name under which receivers know an event (``jti``, RFC 7519 §4.1.7): its id, enciphered.

Ids begin with the moment and number of their cause, so that a stream is told in order. Two relying parties that saw
the same beginning would know that their two subjects are one person, whom we name differently to each (OpenID Connect
Core §8.1).
"""

from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from idp.keys import field_cipher

_PURPOSE = "signal_jti"


def of(event_id: UUID) -> str:
    """Return the event's ``jti``: always the same, without a row of its own."""
    enciphering = _cipher().encryptor()
    return str(UUID(bytes=enciphering.update(event_id.bytes) + enciphering.finalize()))


def find_event_id(jti: object) -> UUID | None:
    """Return the id of the event that would be called *jti*, there or not; None for what is no name of ours."""
    try:
        name = UUID(jti) if isinstance(jti, str) else None
    except ValueError:
        return None
    if name is None:
        return None
    deciphering = _cipher().decryptor()
    return UUID(bytes=deciphering.update(name.bytes) + deciphering.finalize())


def _cipher() -> Cipher[modes.ECB]:
    # One block, each id once: here ECB is the block cipher itself, a permutation.
    key = field_cipher.blind_index(_PURPOSE, "")
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - one block, nothing repeats
