"""Levels 等级: what evidence (P) and ways of signing in (A) are worth together, and what a relying party gets for it.

Owns the shape of the level policy, its file, and every decision made from it. Pure: the moment, the policy and the
facts come in as values. Does not own the versions of the policy (`idp.level_policy`), the cases behind the evidence
(`idp.proofing`) or the ways of signing in (`idp.authenticators`). What a deployer may want to change is data in
config/assurance.toml; one more kind of evidence or comparable framework is a table there and no code.
"""
