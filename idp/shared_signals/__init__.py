"""Shared signals 安全事件: telling relying parties what happened to an account they know (OpenID SSF 1.0, CAEP, RISC).

Owns streams (which relying party wants which events where), security events (what each stream has still to hear, and
what was acknowledged), their tokens (RFC 8417) and their delivery by push (RFC 8935) and poll (RFC 8936). Does not
own what causes them: whoever changes something adds an `outbox.signal` in the transaction of the change. Does not
authenticate receivers (doors do), and knows nothing of tokens and grants.
To add one more event: a value in `outbox.signal.Signal`, its type and members in `event_types`, who hears it in
`audience`, a row in docs/shared-signals.md (a test compares).
"""
