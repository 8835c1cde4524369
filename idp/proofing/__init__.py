"""Proofing 实名认证: establishing who an account's person or enterprise is, piece by piece.

Owns the pieces of evidence (`evidence`), the cases in which they are earned (`case`), one attempt at a register from
question to answer (`attempt`), and the ways of proving (`verifiers/`, one file per evidence code). Does not own what a
piece is worth (`idp.assurance`, a versioned policy), the proven identity (`idp.accounts.identity`), the sessions that
a change narrows (they hear of it by the outbox message ``standing_changed``), nor which official may decide
(`idp.operators`). Keeps digests of answers, never pictures.
One more way of proving: see `verifiers/__init__.py`.
"""
