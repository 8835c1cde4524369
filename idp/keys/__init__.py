"""Keys: the master key, what it seals, and the keys that sign.

Owns key material and its life (next, current, retired) and the encryption of single fields.
Does not own what is signed: tokens, receipts and statements call `KEYRING.get().sign(...)`.
One more algorithm: a line in `signing_key.ALGORITHMS`.
"""
