"""A login at the provider of another province 跨省互认 (`idp.recognition`): ours, RFC 8176 has no value for it.

Nothing of it is enrolled here. What it is worth is the level that the anchor's signed table gives, and that the session
keeps (`Session.level_cap`); the level policy says what it is worth at most.
"""

from idp.authenticators import mfa

AMR = "recognised"
KIND = mfa.KINDS[AMR]
