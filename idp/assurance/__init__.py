"""Assurance: how sure we are who somebody is, and what a site may rely on. Pure: values in, decisions out.

Owns the levels policy as data, the rules that turn evidence and ways of signing in into a level, and the one published
rule by which a site asks for a level. Does not own where evidence comes from (`idp.proofing`), how people sign in
(`idp.authenticators`), or which policy is in force (`idp.level_policy`).
One more piece of evidence or one more combination of ways to sign in: a line in config/assurance.toml.
"""
