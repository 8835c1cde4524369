"""Linking 账号关联: a person proves once that an older account of a city's or county's system is theirs (domain §4).

Owns which older account each person has at which relying party (`linked_account`), and the three ways to prove it: the
person logs in there once (`link_request`), types a one-time code that a counter of that system gave (`link_code`), or
that system checks what the person knows (`account_check`). Never by a name or a phone number. Does not own when the
older account's id is told (the scope ``legacy_id`` of `idp.claims`, under consent like any other) nor the pages.
One more way: a value in `linked_account.WAYS`, a file here that ends in `linked_account.link`.
"""
