"""The scopes of receivers (CAEP Interoperability Profile 1.0 §2.7.3): for relying parties, not for people."""

from idp.relying_parties.relying_party import RelyingParty

READ = "ssf.read"
MANAGE = "ssf.manage"
READERS = frozenset({READ, MANAGE})
MANAGERS = frozenset({MANAGE})


def may_hear(rp: RelyingParty | None) -> bool:
    """Whether a relying party is there, and may have streams at present: the right may have been taken from it."""
    return rp is not None and not READERS.isdisjoint(rp.scope)
