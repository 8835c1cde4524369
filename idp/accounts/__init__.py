"""Accounts: who a session can act as. Name, user name, phone number, identity, and the subject that sites know them by.

Owns the account's own facts, each sealed in its field, and how rows of people are imported.
Does not own ways of signing in (`idp.authenticators`), sessions, or what is told to whom (`idp.claims`).
One more fact about a person: a sealed column in `account.py`, its `…_of` function, a rule in `person.py`.
"""
