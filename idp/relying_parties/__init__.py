"""Relying parties 业务系统: who may ask for a login, under which rules, and how they prove who they are.

Owns the registered metadata (RFC 7591 with division and purpose), client secrets (kept as HMACs, shown once),
the parsed values protocol code works with, and the in-process cache in front of the database.
Does not own: authenticating a request (client_auth), consent, tokens, scopes' meaning (claims), fetching
anything from a relying party, dynamic registration, federation.

To add one more metadata field: a line in `metadata_fields`, an attribute in `relying_party.RelyingParty`,
a row in docs/relying-parties.md (a test compares), a test in tests/relying_parties.
"""
