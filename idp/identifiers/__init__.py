"""Identifiers of people, organisations and divisions: what is well formed, what can be read from a number. Pure.

Owns forms, check characters and how names are compared. Does not own whether a number exists or whose it is
(`idp.proofing`), nor names of divisions (`idp.divisions`): an unknown or abolished division is no mistake.
One more document: a module with ``TYPE``, ``parse`` and ``find``, added to `document.ALL`.
"""
