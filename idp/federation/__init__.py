"""The federation (OpenID Federation 1.0): who vouches for whom, from a county's site up to the national anchor.

What decides is pure (`entity_statement`, `metadata_policy`, `constraints`, `trust_mark`, `trust_chain`); `resolution`
finds and keeps chains; `hosted_entity`, `subordinate` and `hosted_statement` are the authorities run here.
"""
