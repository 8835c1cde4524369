"""Versions of the level policy: proposed by one person, approved by another, in force from a date.

Owns the table of versions, which of them holds now (`current.get()`, no query), and putting the packaged file in force
when a deployment begins. Does not decide what a level is (`idp.assurance`) nor who may propose and approve
(`idp.operators.rights`).
"""
