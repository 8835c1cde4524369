"""Consent: what a person allows a relying party to receive, for which purpose, until when.

Owns the record and the decision whether to ask. Does not own what an item contains (`idp.claims`).
"""
